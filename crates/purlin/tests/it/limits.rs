//! Limits as they are configured.

use crate::app::App;
use crate::server::Server;

#[test]
fn a_limit_for_no_route_is_refused_at_the_start() {
    let app = App::new();
    app.write(
        "purlin.toml",
        "[rate_limits]\n\"POST /api/auth/registr\" = \"1/1m\"\n\"/api/*\" = \"9/1s\"\n\"/nowhere/at/all\" = \"off\"\n",
    );
    let mut refused = Server::launch(&app.path, &["serve", "--embedded", "--port", "0"]);
    assert_eq!(refused.ended(), 1, "{}", refused.said());
    let said = refused.said();
    assert!(
        said.contains("no route \"POST /api/auth/registr\"; did you mean \"POST /api/auth/register\"?"),
        "{said}"
    );
    assert!(said.contains("no route \"/nowhere/at/all\"") && !said.contains("\"/api/*\"; did"), "{said}");
}
