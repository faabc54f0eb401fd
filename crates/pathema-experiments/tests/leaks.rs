//! Programs that try to see the subject held out, and do not compile.

#[test]
fn do_not_compile() {
    let tests = trybuild::TestCases::new();
    tests.compile_fail("tests/leaks/*.rs");
}
