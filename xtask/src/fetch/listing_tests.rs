//! Sets that are a folder of files on a server.

use super::*;
use crate::fetch::catalogue::Listing;

const NAMES: [&str; 4] = ["100.dat", "100.hea", "x_1.dat", "x_1.hea"];

/// What a record's file holds.
fn content(name: &str) -> Vec<u8> {
    [name.as_bytes(), &noise()[..1_000]].concat()
}

fn sums() -> String {
    let lines = NAMES.map(|name| format!("{}  {name}\n", hash_of(&content(name))));
    lines.concat() + &format!("{}  doc/index.html\n", "0".repeat(64))
}

/// A proper server of it.
fn serve(asked: &Request) -> Reply {
    let body = match asked.path.strip_prefix("/mitdb/").unwrap() {
        "RECORDS" => b"100\nx_1\n".to_vec(),
        "SUMS" => sums().into_bytes(),
        name if NAMES.contains(&name) => content(name),
        _ => return reply("404 Not Found", "", 0, b""),
    };
    serve_of(&body, asked.start, "", usize::MAX)
}

fn place(answer: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Place {
    let listing = Listing {
        url: String::new(),
        records: "RECORDS".into(),
        sums: "SUMS".into(),
        count: 2,
        suffixes: vec!["hea".into(), "dat".into()],
        largest: 10_000,
        largest_unpacked: 100_000,
    };
    let mut place = Place::with(Holding::Listing(listing), answer);
    let url = place.server.url("/mitdb/");
    match &mut place.set.holding {
        Holding::Listing(listing) => listing.url = url,
        Holding::Archive(_) => panic!("an archive"),
    }
    place
}

#[track_caller]
fn check_whole(place: &Place) {
    let contents = NAMES.map(content);
    let sums = sums();
    let mut files: Vec<(&str, &[u8])> = NAMES
        .iter()
        .zip(&contents)
        .map(|(name, content)| (*name, content.as_slice()))
        .collect();
    files.push(("RECORDS", b"100\nx_1\n"));
    files.push(("SUMS", sums.as_bytes()));
    files.sort();
    place.check_there(&files);
}

#[test]
fn every_file_of_every_record_is_verified() {
    let place = place(serve);
    place.fetch().unwrap();
    check_whole(&place);
    assert_eq!(place.manifest()["archive"], Value::Null);
    assert_eq!(place.server.asked().len(), 6);
}

#[test]
fn files_that_are_there_are_not_fetched_again() {
    // Whatever is asked first after the lists and two files fails until the next run.
    let place = place(|asked| match asked.number {
        4..=6 => reply("500 Internal Server Error", "", 0, b""),
        _ => serve(asked),
    });
    place.check_refused(&["3 failures", "500"]);
    place.fetch().unwrap();
    check_whole(&place);
    // The lists and two files, three failures, the lists and the other two.
    assert_eq!(place.server.asked().len(), 4 + 3 + 4);
}

#[test]
fn a_file_with_another_hash_is_refused() {
    let place = place(|asked| match asked.path.as_str() {
        "/mitdb/x_1.dat" => reply("200 OK", "", 5, b"wrong"),
        _ => serve(asked),
    });
    place.check_refused(&[
        "x_1.dat",
        "SHA-256",
        &hash_of(b"wrong"),
        &hash_of(&content("x_1.dat")),
    ]);
}

#[test]
fn lists_that_are_none() {
    let page = b"<html>\n<body>Sign in</body>\n".as_slice();
    for (list, body, reason) in [
        ("/mitdb/RECORDS", page, "which is no record"),
        (
            "/mitdb/RECORDS",
            b"100\n".as_slice(),
            "names 1 records, and there are 2",
        ),
        ("/mitdb/RECORDS", b"100\n../../evil\n", "which is no record"),
        ("/mitdb/RECORDS", b"100\nx_2\n", "has no hash of x_2.hea"),
        ("/mitdb/SUMS", page, "has no hash of 100.hea"),
    ] {
        let place = place(move |asked| match &asked.path {
            path if path == list => reply("200 OK", "", body.len(), body),
            _ => serve(asked),
        });
        place.check_refused(&[reason]);
    }
}

#[test]
fn a_list_of_an_earlier_run_is_not_believed() {
    let place = place(|asked| match asked.number {
        0 => reply("200 OK", "", 4, b"100\n"),
        _ => serve(asked),
    });
    place.check_refused(&["names 1 records"]);
    place.fetch().unwrap();
    check_whole(&place);
}

#[test]
fn a_zip_fetched_by_hand_is_verified_too() {
    let mut place = place(serve);
    let file = place.path("mitdb.zip");
    let contents = NAMES.map(content);
    let sums = sums();
    let mut members: Vec<(String, &[u8])> = vec![
        ("mitdb-1.0.0/RECORDS".into(), b"100\nx_1\n"),
        ("mitdb-1.0.0/SUMS".into(), sums.as_bytes()),
    ];
    for (name, content) in NAMES.iter().zip(&contents) {
        members.push((format!("mitdb-1.0.0/{name}"), content));
    }
    let write = |members: &[(String, &[u8])]| {
        let members: Vec<(&str, &[u8])> = members.iter().map(|(n, c)| (n.as_str(), *c)).collect();
        fs::write(&file, zip_of(&members)).unwrap();
    };
    place.from = Some(file.clone());
    write(&members[..5]);
    place.check_refused(&["holds no x_1.hea"]);
    let whole = std::mem::replace(&mut members[3].1, b"wrong");
    write(&members);
    place.check_refused(&["100.hea", "promises", &hash_of(b"wrong")]);
    members[3].1 = whole;
    write(&members);
    place.fetch().unwrap();
    check_whole(&place);
    assert!(place.server.asked().is_empty());
}
