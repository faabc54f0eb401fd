//! What annotation codes mean (ecgcodes.h of the WFDB library).

use std::borrow::Cow;
use std::fmt;

/// What an annotation marks: a kind of beat, or something else.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Code(u8);

macro_rules! codes {
    ($($number:literal $name:ident $symbol:literal $beat:literal $text:literal;)*) => {
        impl Code {
            $(#[doc = concat!("`", $symbol, "`: ", $text, ".")] pub const $name: Code = Code($number);)*

            /// Every code that WFDB gives a meaning, in ascending order.
            pub const ALL: &'static [Code] = &[$(Code::$name,)*];

            fn entry(self) -> Option<(&'static str, bool, &'static str)> {
                match self.0 {
                    $($number => Some(($symbol, $beat, $text)),)*
                    _ => None,
                }
            }
        }
    };
}

codes! {
    1 NORMAL "N" true "normal beat";
    2 LBBB "L" true "beat with left bundle branch block";
    3 RBBB "R" true "beat with right bundle branch block";
    4 ABERR "a" true "aberrated atrial premature beat";
    5 PVC "V" true "premature ventricular contraction";
    6 FUSION "F" true "fusion of a ventricular and a normal beat";
    7 NPC "J" true "nodal (junctional) premature beat";
    8 APC "A" true "atrial premature beat";
    9 SVPB "S" true "supraventricular premature beat";
    10 VESC "E" true "ventricular escape beat";
    11 NESC "j" true "nodal (junctional) escape beat";
    12 PACE "/" true "paced beat";
    13 UNKNOWN "Q" true "beat that cannot be classified";
    14 NOISE "~" false "change of signal quality";
    16 ARFCT "|" false "isolated artefact that looks like a QRS complex";
    18 STCH "s" false "change of the ST segment";
    19 TCH "T" false "change of the T wave";
    20 SYSTOLE "*" false "systole";
    21 DIASTOLE "D" false "diastole";
    22 NOTE "\"" false "note";
    23 MEASURE "=" false "measurement";
    24 PWAVE "p" false "peak of the P wave";
    25 BBB "B" true "beat with bundle branch block, left or right";
    26 PACESP "^" false "pacemaker spike without a beat";
    27 TWAVE "t" false "peak of the T wave";
    28 RHYTHM "+" false "change of rhythm";
    29 UWAVE "u" false "peak of the U wave";
    30 LEARN "?" true "beat of a detector's learning phase, not classified";
    31 FLWAV "!" false "wave of ventricular flutter";
    32 VFON "[" false "start of ventricular flutter or fibrillation";
    33 VFOFF "]" false "end of ventricular flutter or fibrillation";
    34 AESC "e" true "atrial escape beat";
    35 SVESC "n" true "supraventricular escape beat";
    36 LINK "@" false "link to data elsewhere";
    37 NAPC "x" false "P wave without a beat";
    38 PFUS "f" true "fusion of a paced and a normal beat";
    39 WFON "(" false "onset of a waveform";
    40 WFOFF ")" false "end of a waveform";
    41 RONT "r" true "premature ventricular contraction on a T wave";
}

impl Code {
    /// The highest number that an annotation can have; those above say how the file goes on.
    pub(super) const HIGHEST: u8 = 58;

    /// The code of a number, 1 to 58; WFDB leaves 42 to 49 to users and defines none above.
    pub fn new(number: u8) -> Option<Code> {
        (1..=Code::HIGHEST)
            .contains(&number)
            .then_some(Code(number))
    }

    /// Its number.
    pub fn number(self) -> u8 {
        self.0
    }

    /// The symbol as WFDB's programs print it: `N`, `V`, `+`; `[42]` for a code that WFDB gives no meaning.
    pub fn symbol(self) -> Cow<'static, str> {
        match self.entry() {
            Some((symbol, ..)) => Cow::Borrowed(symbol),
            None => Cow::Owned(format!("[{}]", self.0)),
        }
    }

    /// The code of a symbol as [`symbol`](Code::symbol) gives it.
    ///
    /// ```
    /// use pathema_signal::wfdb::Code;
    /// assert_eq!(Code::from_symbol("V"), Some(Code::PVC));
    /// assert_eq!(Code::from_symbol("[42]"), Code::new(42));
    /// assert_eq!(Code::from_symbol("W"), None);
    /// ```
    pub fn from_symbol(symbol: &str) -> Option<Code> {
        let all = (1..=Code::HIGHEST).map(Code);
        let mut named = all.filter(|code| code.symbol() == symbol);
        named.next()
    }

    /// What it means; empty for a code that WFDB gives no meaning.
    pub fn description(self) -> &'static str {
        self.entry().map_or("", |(_, _, text)| text)
    }

    /// Whether it marks a heartbeat, by PhysioNet's table of beat annotations. Rhythm changes, notes, waves, and those of
    /// ventricular flutter do not count as beats.
    pub fn is_beat(self) -> bool {
        self.entry().is_some_and(|(_, beat, _)| beat)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.symbol())
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Code({} {})", self.0, self.symbol())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symbols_are_unlike() {
        for number in 1..=Code::HIGHEST {
            let code = Code::new(number).unwrap();
            assert_eq!(Code::from_symbol(&code.symbol()), Some(code));
        }
        let beats: String = Code::ALL
            .iter()
            .filter(|code| code.is_beat())
            .map(|code| code.symbol())
            .collect();
        assert_eq!(beats, "NLRaVFJASEj/QB?enfr");
        assert_eq!((Code::new(0), Code::new(59)), (None, None));
    }
}
