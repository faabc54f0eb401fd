//! Times that rows get by their numbers.

use pathema_signal::Blocks;

use super::{open, read};

#[test]
fn times_that_no_double_holds_are_refused() {
    let column = "t,EDA\n0,1\n1,2\n2,3\n";
    for (text, time) in [
        ("EDA\n1\n2\n3\n", "rate = 1e-308"),
        ("EDA\n1\n2\n3\n", "rate = 1e-320"),
        (column, "column = 't', rate = 1e-320"),
    ] {
        let schema =
            format!("tables = [{{ time = {{ {time} }} }}]\nchannels = [{{ name = 'EDA' }}]");
        let error = read(text, &schema).expect_err(time).to_string();
        assert!(
            error.contains("rows.csv, line") && error.contains("rate"),
            "{error}"
        );
        let mut reader = open(text.as_bytes(), &schema).unwrap();
        let mut blocks = 0;
        while let Ok(Some(_)) = reader.next_block(60.0) {
            blocks += 1;
            assert!(blocks < 10, "{time}");
        }
    }
}

#[test]
fn segments_that_overlap_are_refused() {
    let rows: String = (0..102).map(|row| format!("{row}\n")).collect();
    let schema = |segments: &str| {
        format!(
            "tables = [{{ time = {{ rate = 1, segments = {segments} }} }}]\nchannels = [{{ name = 'EDA' }}]"
        )
    };
    let text = format!("EDA\n{rows}");
    for (segments, time) in [("[[0,0],[1,100]]", "1 s"), ("[[0,0],[99,100]]", "99 s")] {
        let error = read(&text, &schema(segments))
            .expect_err(segments)
            .to_string();
        for part in ["line 102", "segment of row 100", time, "99 s", "schema"] {
            assert!(error.contains(part), "{error}");
        }
    }
    for segments in ["[[0,0],[99.5,100]]", "[[0,0],[100,100]]", "[[0,0],[1,200]]"] {
        assert_eq!(
            read(&text, &schema(segments)).unwrap().channels[0].len(),
            102
        );
    }
}
