//! A browser: it keeps cookies, follows redirects, and fills the provider's forms in.

use std::time::Duration;

use super::front::FRONT;

#[derive(Clone, Debug, Default)]
pub(super) struct Browser {
    pub(super) cookies: Vec<Cookie>,
}

#[derive(Clone, Debug)]
pub(super) struct Cookie {
    pub(super) name: String,
    pub(super) value: String,
    path: String,
}

pub(super) struct Page {
    pub(super) status: u16,
    pub(super) location: Option<String>,
    pub(super) cookie_header: String,
    pub(super) text: String,
}

impl Browser {
    pub(super) fn get(&mut self, url: &str) -> Page {
        self.ask(ureq::http::Request::get(url), url, None)
    }

    fn post(&mut self, url: &str, form: &str) -> Page {
        let request = ureq::http::Request::post(url);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        self.ask(request, url, Some(form.to_owned()))
    }

    fn ask(&mut self, mut request: ureq::http::request::Builder, url: &str, form: Option<String>) -> Page {
        let path = path_of(url);
        let sent: Vec<String> = self
            .cookies
            .iter()
            .filter(|cookie| path.starts_with(&cookie.path))
            .map(|cookie| format!("{}={}", cookie.name, cookie.value))
            .collect();
        if !sent.is_empty() {
            request = request.header("cookie", sent.join("; "));
        }
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_global(Some(Duration::from_secs(30)));
        let agent = ureq::Agent::new_with_config(config.build());
        let answer = match form {
            Some(form) => agent.run(request.body(form).unwrap()),
            None => agent.run(request.body(()).unwrap()),
        };
        let mut answer = answer.unwrap_or_else(|error| panic!("{url}: {error}"));
        let all = answer.headers().get_all("set-cookie").iter();
        let set: Vec<String> = all.map(|value| value.to_str().unwrap().to_owned()).collect();
        set.iter().for_each(|cookie| self.keep(cookie));
        let location = answer.headers().get("location").map(|value| value.to_str().unwrap());
        let location = location.map(|location| absolute(url, location));
        let text = answer.body_mut().read_to_string().unwrap();
        Page { status: answer.status().as_u16(), location, cookie_header: set.join("\n"), text }
    }

    pub(super) fn keep(&mut self, header: &str) {
        let mut parts = header.split(';').map(str::trim);
        let (name, value) = parts.next().unwrap().split_once('=').unwrap();
        let mut cookie = Cookie { name: name.to_owned(), value: value.to_owned(), path: "/".to_owned() };
        let mut is_gone = false;
        for (key, value) in parts.filter_map(|part| part.split_once('=')) {
            match key.to_ascii_lowercase().as_str() {
                "path" => value.clone_into(&mut cookie.path),
                "max-age" => is_gone = value == "0",
                "expires" => is_gone = value.contains("1970"),
                _ => {}
            }
        }
        self.cookies.retain(|known| (&known.name, &known.path) != (&cookie.name, &cookie.path));
        if !is_gone {
            self.cookies.push(cookie);
        }
    }

    /// Goes on until the provider asks who is there; the address of its form.
    fn reach_form(&mut self, start: &str) -> String {
        let mut url = start.to_owned();
        for _ in 0..10 {
            let page = self.get(&url);
            match page.location {
                Some(next) => url = next,
                None => return url,
            }
            assert!(!url.starts_with(FRONT), "went back at once: {url}");
        }
        panic!("no form came");
    }

    /// Signs in at the provider, from the address that leads there; the address that leads back, not followed.
    pub(super) fn sign_in_at_provider(&mut self, start: &str, login: &str) -> String {
        let form = self.reach_form(start);
        let login = login.replace(':', "%3A").replace('@', "%40");
        let mut next = self.post(&form, &format!("prompt=login&login={login}&password=x")).location.unwrap();
        for _ in 0..10 {
            if next.contains("/callback?") {
                return next;
            }
            let page = self.get(&next);
            next = match page.location {
                Some(location) => location,
                // It asks whether this app may know.
                None => self.post(&next, "prompt=consent").location.unwrap(),
            };
        }
        panic!("never came back");
    }

    /// The user does not want to.
    pub(super) fn refuse_at_provider(&mut self, start: &str) -> String {
        let form = self.reach_form(start);
        let mut next = self.get(&format!("{form}/abort")).location.unwrap();
        while !next.contains("/callback?") {
            next = self.get(&next).location.unwrap();
        }
        next
    }
}

fn path_of(url: &str) -> &str {
    let rest = url.split_once("://").unwrap().1;
    let path = rest.find('/').map_or("/", |at| &rest[at..]);
    path.split('?').next().unwrap()
}

fn absolute(base: &str, location: &str) -> String {
    if location.contains("://") {
        return location.to_owned();
    }
    let (scheme, rest) = base.split_once("://").unwrap();
    format!("{scheme}://{}{location}", rest.split('/').next().unwrap())
}
