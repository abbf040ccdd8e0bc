//! Mail addresses: which spellings are one account, which are two, which are none.

use purlin_auth::address::{EmailAddress, NotAnAddress};

/// Input, key, delivery.
#[test]
fn accepted() {
    for (text, key, delivery) in [
        ("ann@example.com", "ann@example.com", "ann@example.com"),
        ("  Ann@Example.COM ", "ann@example.com", "Ann@example.com"),
        ("ann+shop@example.com", "ann+shop@example.com", "ann+shop@example.com"),
        ("a.n.n@example.com", "a.n.n@example.com", "a.n.n@example.com"),
        (
            "!#$%&'*+/=?^_`{|}~-@example.com",
            "!#$%&'*+/=?^_`{|}~-@example.com",
            "!#$%&'*+/=?^_`{|}~-@example.com",
        ),
        ("ann@bücher.example", "ann@xn--bcher-kva.example", "ann@xn--bcher-kva.example"),
        ("ann@BÜCHER.example", "ann@xn--bcher-kva.example", "ann@xn--bcher-kva.example"),
        ("ann@bu\u{308}cher.example", "ann@xn--bcher-kva.example", "ann@xn--bcher-kva.example"),
        ("ann@xn--bcher-kva.example", "ann@xn--bcher-kva.example", "ann@xn--bcher-kva.example"),
        ("ann@ｅｘａｍｐｌｅ.com", "ann@example.com", "ann@example.com"),
        ("ann@例え.テスト", "ann@xn--r8jz45g.xn--zckzah", "ann@xn--r8jz45g.xn--zckzah"),
        ("jos\u{e9}@example.com", "jos\u{e9}@example.com", "jos\u{e9}@example.com"),
        ("jose\u{301}@example.com", "jos\u{e9}@example.com", "jos\u{e9}@example.com"),
        ("JOSÉ@example.com", "josé@example.com", "JOSÉ@example.com"),
        // Cyrillic: looks like `admin`, and is somebody else.
        ("\u{430}dmin@example.com", "\u{430}dmin@example.com", "\u{430}dmin@example.com"),
        ("ａｄｍｉｎ@example.com", "ａｄｍｉｎ@example.com", "ａｄｍｉｎ@example.com"),
        ("adm\u{131}n@example.com", "adm\u{131}n@example.com", "adm\u{131}n@example.com"),
        ("\u{17f}am@example.com", "\u{17f}am@example.com", "\u{17f}am@example.com"),
        ("straße@example.com", "straße@example.com", "straße@example.com"),
    ] {
        let found = EmailAddress::parse(text).unwrap_or_else(|_| panic!("{text}"));
        assert_eq!((found.key(), found.delivery()), (key, delivery), "{text}");
        assert_eq!(format!("{}@{}", found.local(), found.domain()), key);
        // What is stored leads to itself.
        assert_eq!(EmailAddress::parse(key).unwrap().key(), key);
        assert!(!format!("{found:?}").contains(found.local()), "{found:?}");
    }
}

/// Each pair looks alike or sounds alike, and is two accounts.
#[test]
fn kept_apart() {
    for (one, other) in [
        ("admin@example.com", "\u{430}dmin@example.com"),
        ("admin@example.com", "ａｄｍｉｎ@example.com"),
        ("admin@example.com", "adm\u{131}n@example.com"),
        ("sam@example.com", "\u{17f}am@example.com"),
        ("strasse@example.com", "straße@example.com"),
        ("jose@example.com", "josé@example.com"),
        ("finn@example.com", "\u{fb01}nn@example.com"),
        ("ann@example.com", "a.nn@example.com"),
        ("ann@example.com", "ann+x@example.com"),
        ("ann@example.com", "ann@ex\u{430}mple.com"),
        ("ann@example.com", "ann@example.com.evil.example"),
        ("ann@xn--bcher-kva.example", "ann@bucher.example"),
    ] {
        let key = |text: &str| EmailAddress::parse(text).unwrap().key().to_owned();
        assert_ne!(key(one), key(other));
    }
}

#[test]
fn refused() {
    let long_local = format!("{}@example.com", "a".repeat(65));
    let long_domain = format!("a@{}.com", "a.".repeat(130).trim_end_matches('.'));
    // 64 bytes as typed, more in small letters.
    let longer_in_small = format!("{}@example.com", "\u{23a}".repeat(32));
    let long_label = format!("a@{}.com", "a".repeat(64));
    let long = format!("{}@{}.com", "a".repeat(64), vec!["a".repeat(63); 3].join("."));
    let endless = format!("a@{}", "a".repeat(1 << 20));
    for text in [
        "",
        " ",
        "@",
        "a@",
        "@example.com",
        "ann",
        "ann@localhost",
        "ann@example",
        "a@b@example.com",
        "\"a b\"@example.com",
        "\"@\"@example.com",
        "a b@example.com",
        "a@exa mple.com",
        ".a@example.com",
        "a.@example.com",
        "a..b@example.com",
        "a@.example.com",
        "a@example..com",
        "a@example.com.",
        "a@-example.com",
        "a@example-.com",
        "a@exa_mple.com",
        "a@[127.0.0.1]",
        "a@127.0.0.1",
        "a@1.2",
        "a@example.1",
        "a@[IPv6:::1]",
        "a,b@example.com",
        "a;b@example.com",
        "<a@example.com>",
        "Ann <a@example.com>",
        "a@example.com,b@example.com",
        "a@example.com b@example.com",
        "a(comment)@example.com",
        "a\\@example.com",
        "a:b@example.com",
        "a\n@example.com",
        "a@example.com\nBcc: b@example.com",
        "a@example.com\r\n",
        "a\0@example.com",
        "a@example.com\0",
        "\ta@example.com",
        "a\u{7f}@example.com",
        "a\u{85}@example.com",
        "a\u{a0}@example.com",
        "a\u{2028}@example.com",
        // Nothing to see, or seen from the other side.
        "ad\u{200b}min@example.com",
        "admin\u{200d}@example.com",
        "\u{feff}admin@example.com",
        "ad\u{ad}min@example.com",
        "\u{202e}nimda@example.com",
        "ad\u{2066}min@example.com",
        "admin\u{fe0f}@example.com",
        "admin\u{e0061}@example.com",
        "\u{3164}@example.com",
        // Letters that become plain ones on the way.
        "\u{212a}ate@example.com",
        "adm\u{130}n@example.com",
        "a\u{37e}b@example.com",
        "a\u{1fef}b@example.com",
        // Domains that UTS 46 refuses.
        "a@xn--a.example",
        "a@exam\u{200d}ple.com",
        "a@example\u{3002}\u{3002}com",
        "a@ex\u{2024}.com",
        "a@\u{2100}.com",
        "a@ex%61mple.com",
        &long_local,
        &longer_in_small,
        &long_domain,
        &long_label,
        &long,
        &endless,
    ] {
        assert_eq!(EmailAddress::parse(text), Err(NotAnAddress), "{text:.80?}");
    }
}
