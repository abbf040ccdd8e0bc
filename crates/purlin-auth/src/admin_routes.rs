//! The paths by which admins sign in.

use std::sync::Arc;

use purlin_http::{BoxFuture, Error, Handler, Module, Request, Response, Routes};

use crate::admins::Admins;

/// Below the base path of sign-in, also in an app without users.
#[derive(Debug)]
pub struct AdminRoutes {
    pub admins: Arc<Admins>,
    pub base_path: String,
}

impl Module for AdminRoutes {
    fn name(&self) -> &'static str {
        "admin"
    }

    fn routes(&self, routes: &mut Routes) {
        let login = format!("{}/admin/login", self.base_path);
        let route = routes.post(login, Login(Arc::clone(&self.admins)));
        route.keeps_secrets();
        route.by_address();
        routes.post(format!("{}/admin/logout", self.base_path), Logout(Arc::clone(&self.admins)));
    }
}

struct Login(Arc<Admins>);

impl Handler for Login {
    fn call(&self, request: Request) -> BoxFuture<'_, Result<Response, Error>> {
        Box::pin(self.0.login(request))
    }
}

struct Logout(Arc<Admins>);

impl Handler for Logout {
    fn call(&self, request: Request) -> BoxFuture<'_, Result<Response, Error>> {
        Box::pin(self.0.logout(request))
    }
}
