//! Fits one incomplete channel by every scheme and draws the paths side by side:
//! `cargo run -p pathema-path --example fit_and_plot -- paths.svg`.
#![allow(clippy::print_stdout)] // A program says where it wrote.

use std::error::Error;
use std::fmt::Write;
use std::path::PathBuf;

use pathema_path::{ControlPath, Ends, Gaps, Observations, PathError, Scheme, Share, Smoothness};

const NAN: f64 = f64::NAN;
const TIMES: [f64; 14] = [
    0.0, 0.7, 1.5, 2.0, 3.1, 3.8, 4.4, 5.2, 6.1, 6.5, 7.6, 8.2, 9.1, 10.0,
];
/// Begins late, has a gap, and ends early.
const VALUES: [f64; 14] = [
    NAN, 0.2, 1.1, 1.4, 0.3, -0.4, NAN, NAN, NAN, 1.2, 0.5, -0.9, 0.1, NAN,
];

/// Size of a panel's frame, and from one panel to the next.
const FRAME: [f64; 2] = [300.0, 150.0];
const STEP: [f64; 2] = [330.0, 206.0];

fn main() -> Result<(), Box<dyn Error>> {
    let target = std::env::args_os().nth(1).map_or_else(
        || std::env::temp_dir().join("pathema-paths.svg"),
        PathBuf::from,
    );
    std::fs::write(&target, plot()?)
        .map_err(|error| format!("cannot write {}: {error}", target.display()))?;
    println!("{}", target.display());
    Ok(())
}

/// The drawing, an SVG document.
pub(crate) fn plot() -> Result<String, PathError> {
    let seen = Observations::new(TIMES.to_vec(), VALUES.to_vec(), 1)?.with_time();
    let panels = [
        ("Linear", Scheme::Linear),
        (
            "Smoothed linear, ε = 0.5",
            Scheme::SmoothedLinear(Share::new(0.5)?),
        ),
        ("Rectilinear", Scheme::Rectilinear),
        ("Hermite, gaps filled", Scheme::Hermite(Gaps::FillLinear)),
        (
            "Hermite, fitted across gaps",
            Scheme::Hermite(Gaps::FitAcross),
        ),
        ("Natural cubic, free ends", Scheme::NaturalCubic(Ends::Free)),
        (
            "Natural cubic, flat knots",
            Scheme::NaturalCubic(Ends::FlatKnots),
        ),
    ];
    let mut svg = String::from(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1000 645" font-family="sans-serif" font-size="12">
<rect width="1000" height="645" fill="#fff"/>
"##,
    );
    for (at, (name, scheme)) in panels.into_iter().enumerate() {
        let path = ControlPath::fit(scheme, &seen)?;
        let (x, y) = ((at % 3) as f64 * STEP[0], (at / 3) as f64 * STEP[1]);
        svg += &format!("<g transform=\"translate({} {})\">\n", x + 20.0, y + 44.0);
        svg += &panel(name, &path);
        svg += "</g>\n";
    }
    svg += LEGEND;
    svg += "</svg>\n";
    Ok(svg)
}

fn panel(name: &str, path: &ControlPath) -> String {
    let smoothness = match path.smoothness() {
        Smoothness::C0 => "C⁰",
        Smoothness::C1 => "C¹",
        Smoothness::C2 => "C²",
    };
    let causal = if path.is_causal() { "causal, " } else { "" };
    let [width, height] = FRAME;
    let mut svg = format!(
        r##"<text y="-10" font-size="14" font-weight="600" fill="#1f2933">{name}</text>
<text x="{width}" y="-10" text-anchor="end" fill="#616e7c">{causal}{smoothness}</text>
<rect width="{width}" height="{height}" fill="#f7f8fa" stroke="#cbd2d9"/>
"##
    );
    for (&time, value) in TIMES.iter().zip(VALUES) {
        if value.is_nan() {
            let x = place(time, 0.0)[0];
            let _ = writeln!(
                svg,
                r##"<line x1="{x:.1}" x2="{x:.1}" y2="{height}" stroke="#cbd2d9" stroke-dasharray="3 3"/>"##
            );
        }
    }
    let mut x = [0.0; 2];
    let (start, end) = path.interval();
    let mut points = String::new();
    for k in 0..=600 {
        let time = start + (end - start) * f64::from(k) / 600.0;
        path.value(time, &mut x);
        let [across, down] = place(time, x[1]);
        let _ = write!(points, "{across:.1},{down:.1} ");
    }
    let _ = writeln!(
        svg,
        r##"<polyline points="{}" fill="none" stroke="#2660a4" stroke-width="2" stroke-linejoin="round"/>"##,
        points.trim_end()
    );
    for &knot in path.knots() {
        let x = place(knot, 0.0)[0];
        let _ = writeln!(
            svg,
            r##"<line x1="{x:.1}" x2="{x:.1}" y1="{height}" y2="{}" stroke="#616e7c"/>"##,
            height + 5.0
        );
    }
    for (&time, value) in TIMES
        .iter()
        .zip(VALUES)
        .filter(|(_, value)| !value.is_nan())
    {
        let [x, y] = place(time, value);
        let _ = writeln!(
            svg,
            r##"<circle cx="{x:.1}" cy="{y:.1}" r="3.5" fill="#e8590c" stroke="#fff"/>"##
        );
    }
    svg
}

/// From time and value to a place in the frame.
fn place(time: f64, value: f64) -> [f64; 2] {
    let [width, height] = FRAME;
    [
        10.0 + (width - 20.0) * time / 10.0,
        height * (1.9 - value) / 3.4,
    ]
}

const LEGEND: &str = r##"<g transform="translate(360 474)" fill="#3e4c59">
<circle cx="8" cy="0" r="3.5" fill="#e8590c"/><text x="24" y="4">observation</text>
<line x1="8" x2="8" y1="16" y2="36" stroke="#9aa5b1" stroke-dasharray="3 3"/><text x="24" y="30">sample in which this channel is missing</text>
<line x1="8" x2="8" y1="48" y2="56" stroke="#616e7c"/><text x="24" y="56">knot, where a solver stops</text>
<line x1="0" x2="16" y1="78" y2="78" stroke="#2660a4" stroke-width="2"/><text x="24" y="82">path of the channel against time</text>
<text x="0" y="116" fill="#616e7c">One channel that begins late, has a gap and ends early; its sensor reported other channels</text>
<text x="0" y="132" fill="#616e7c">all along. Only the rectilinear path is causal here: the others join values across the gaps.</text>
</g>
"##;
