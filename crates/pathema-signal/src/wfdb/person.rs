//! What comment lines say about the person.
//!
//! Two styles are in use: MIT-BIH's first line, `69 M` and more, and tags, `<age>: 69 <sex>: M`.

use crate::{Person, Sex};

/// The person that a header's comments describe, and who they are where a `<subject>` tag says so. A line that holds
/// nothing but tags that are known is not among the notes.
pub(super) fn read(comments: &[String]) -> (String, Person) {
    let mut person = Person::default();
    let mut subject = String::new();
    for (index, line) in comments.iter().enumerate() {
        let whole = tags(line, &mut subject, &mut person);
        if !whole {
            person.notes.push(line.clone());
        }
        if index == 0 {
            mit(line, &mut person);
        }
    }
    (subject, person)
}

/// `69 M 1085 1629 x1`: age and sex, −1 or `?` for those not known.
fn mit(line: &str, person: &mut Person) {
    let mut words = line.split_ascii_whitespace();
    let age = words.next().and_then(|word| word.parse().ok());
    let sex = words.next().and_then(sex);
    // Only both together are of this style.
    if let (Some(age), Some(sex)) = (age, sex) {
        person.age = person.age.or(years(age));
        person.sex = person.sex.or(Some(sex));
    }
}

/// Takes what stands after known tags. Whether there is nothing else in the line.
fn tags(line: &str, subject: &mut String, person: &mut Person) -> bool {
    let Some(start) = line.find('<') else {
        return false;
    };
    let mut whole = start == 0;
    for tagged in line[start + 1..].split('<') {
        let Some((tag, value)) = tagged.split_once('>') else {
            whole = false;
            continue;
        };
        let value = value.strip_prefix(':').unwrap_or(value).trim();
        let number = value.parse::<f64>().ok();
        match tag.to_ascii_lowercase().as_str() {
            "age" => person.age = number.and_then(years).or(person.age),
            "sex" | "gender" => person.sex = sex(value).or(person.sex),
            "height" => person.height = number.and_then(positive).or(person.height),
            "weight" => person.weight = number.and_then(positive).or(person.weight),
            "subject" => value.clone_into(subject),
            _ => whole = false,
        }
        let read = match tag.to_ascii_lowercase().as_str() {
            "age" => number.and_then(years).is_some(),
            "sex" | "gender" => sex(value).is_some(),
            "height" | "weight" => number.and_then(positive).is_some(),
            _ => true,
        };
        whole &= read;
    }
    whole
}

fn years(age: f64) -> Option<f64> {
    (0.0..200.0).contains(&age).then_some(age)
}

fn positive(number: f64) -> Option<f64> {
    (number > 0.0 && number.is_finite()).then_some(number)
}

fn sex(text: &str) -> Option<Sex> {
    match text.to_ascii_lowercase().as_str() {
        "m" | "male" => Some(Sex::Male),
        "f" | "female" => Some(Sex::Female),
        _ => None,
    }
}

/// The comment lines that say all this; `read` gives the same again, unless notes look like one of the styles.
pub(super) fn write(subject: &str, person: &Person) -> Vec<String> {
    let sex = person.sex.map(|sex| match sex {
        Sex::Female => "F".to_owned(),
        Sex::Male => "M".to_owned(),
    });
    let tags = [
        (
            "subject",
            Some(subject.to_owned()).filter(|subject| !subject.is_empty()),
        ),
        ("age", person.age.map(|age| age.to_string())),
        ("sex", sex),
        ("height", person.height.map(|height| height.to_string())),
        ("weight", person.weight.map(|weight| weight.to_string())),
    ];
    let known: Vec<String> = tags
        .into_iter()
        .filter_map(|(tag, value)| Some(format!("<{tag}>: {}", value?)))
        .collect();
    let first = Some(known.join(" ")).filter(|line| !line.is_empty());
    first
        .into_iter()
        .chain(person.notes.iter().cloned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(comments: &[&str]) -> (String, Person) {
        read(
            &comments
                .iter()
                .map(|&line| line.to_owned())
                .collect::<Vec<_>>(),
        )
    }

    #[test]
    fn both_styles() {
        let (_, person) = of(&["69 M 1085 1629 x1", "Aldomet, Inderal"]);
        assert_eq!((person.age, person.sex), (Some(69.0), Some(Sex::Male)));
        assert_eq!(person.notes, ["69 M 1085 1629 x1", "Aldomet, Inderal"]);
        let (_, person) = of(&["<age>: 81  <sex>: F  <diagnoses>: (none)"]);
        assert_eq!(
            (person.age, person.sex, person.notes.len()),
            (Some(81.0), Some(Sex::Female), 1)
        );
        let (subject, person) =
            of(&["<subject>: S2 <age>: 27 <sex>: M <height>: 175 <weight>: 80"]);
        assert_eq!((subject.as_str(), person.notes.len()), ("S2", 0));
        assert_eq!((person.height, person.weight), (Some(175.0), Some(80.0)));
    }

    #[test]
    fn what_is_not_known_stays_open() {
        for line in [
            "-1 M",
            "<age>: ? <sex>: M",
            "Age: 62",
            "24 h recording",
            "<age>: 1e9",
            "<age",
        ] {
            let (_, person) = of(&[line]);
            assert_eq!(person.age, None, "{line}");
            assert_eq!(person.notes, [line]);
        }
    }

    #[test]
    fn written_and_read() {
        let person = Person {
            age: Some(27.5),
            sex: Some(Sex::Female),
            height: Some(170.0),
            weight: None,
            notes: vec!["left-handed".to_owned()],
        };
        assert_eq!(read(&write("S2", &person)), ("S2".to_owned(), person));
    }
}
