//! Which passwords may be chosen.

use purlin_auth::password::{Owner, PasswordRules};

const OWNER: Owner<'static> = Owner { address: "Ann.Lee@Corner-Shop.example", name: "Ann Müller-Lee" };
const SHORT: &str = "must have at least 8 characters";
const LONG: &str = "must have at most 1024 characters";
const CONTROL: &str = "must not contain control characters";
const COMMON: &str = "is one of the most common passwords; choose another";
const NAME: &str = "must not be your own name or address";

#[track_caller]
fn check(password: &str, expected: &[&str]) {
    assert_eq!(PasswordRules::default().problems(password, &OWNER), expected, "{password:.60?}");
}

#[test]
fn problems() {
    check("correct horse battery staple", &[]);
    check("kd72nv0q", &[]);
    check("        ", &[]);
    check("ÄÖÜäöüßé", &[]);
    check("🔑🔑🔑🔑🔑🔑🔑🔑", &[]);
    check("a 'quoted\" <tag> \\ ; -- %00", &[]);
    check("", &[SHORT]);
    check("kd72nv0", &[SHORT]);
    check("🔑🔑", &[SHORT]);
    // Seven after normalisation, though eleven code points and many bytes were sent.
    check("e\u{301}e\u{301}e\u{301}e\u{301}abc", &[SHORT]);
    check(&"x".repeat(1024), &[]);
    check(&"x".repeat(1025), &[LONG]);
    check(&"é".repeat(1024), &[]);
    check(&"e\u{301}".repeat(1024), &[]);
    check(&"🔑".repeat(1024), &[]);
    check(&"🔑".repeat(1025), &[LONG]);
    check(&"x".repeat(1 << 20), &[LONG]);
    check("kd72nv0q\0", &[CONTROL]);
    check("kd72\0nv0q", &[CONTROL]);
    check("kd72\nnv0q", &[CONTROL]);
    check("\u{7f}\u{80}", &[SHORT, CONTROL]);
    check("password", &[COMMON]);
    check("Password1", &[COMMON]);
    check("PASSWORD", &[COMMON]);
    check("12345678", &[COMMON]);
    check("iloveyou1", &[COMMON]);
    check("qwertyuiop", &[COMMON]);
    check("jennifer", &[COMMON]);
    // The Kelvin sign is the letter K in normal form.
    check("\u{212a}ennedy1", &[COMMON]);
    check("ann.lee@corner-shop.example", &[NAME]);
    check("Ann.Lee@Corner-Shop.example!", &[NAME]);
    check("annlee2026", &[NAME]);
    check("1234ann.lee", &[NAME]);
    check("Corner-Shop1", &[NAME]);
    check("cornershop!!", &[NAME]);
    check("annmüllerlee", &[NAME]);
    check("Mu\u{308}ller-Lee99", &[NAME]);
    check("ann!!!!!!", &[NAME]);
    check("annlee likes plums", &[]);
}

#[test]
fn unknown_owners_have_no_name() {
    let rules = PasswordRules::default();
    for password in ["kd72nv0q", "........", "!@#$%^&*(", "2718281828459"] {
        for owner in
            [Owner::default(), Owner { address: "@", name: " " }, Owner { address: "1@2.3", name: "7" }]
        {
            assert_eq!(rules.problems(password, &owner), Vec::<String>::new(), "{password} {owner:?}");
        }
    }
}

#[test]
fn the_least_length_has_bounds() {
    for (asked, least) in [(0, 8), (8, 8), (15, 15), (128, 128), (5000, 128)] {
        let rules = PasswordRules::at_least(asked);
        let of = |length: usize| "7x9q".chars().cycle().take(length).collect::<String>();
        assert_eq!(rules.problems(&of(least), &Owner::default()), Vec::<String>::new());
        let expected = [format!("must have at least {least} characters")];
        assert_eq!(rules.problems(&of(least - 1), &Owner::default()), expected);
    }
}
