//! A small app on a port of its own.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use http::StatusCode;
use purlin_core::{Actor, User, Value};
use purlin_http::{
    App, AppBuilder, Authenticator, BoxFuture, ConnectionLimits, Cors, Credentials, Handler, Health, Live,
    Metrics, Module, NotReady, Readiness, Request, RequestLimits, Response, Routes, Server, Verified, json,
    text,
};
use tokio::sync::oneshot;

use crate::client::{Answer, Client};

pub(crate) struct Site {
    pub(crate) address: SocketAddr,
    pub(crate) live: Arc<Live<App>>,
    pub(crate) users: Arc<Users>,
    pub(crate) stop: Option<oneshot::Sender<()>>,
    pub(crate) stopped: Option<std::thread::JoinHandle<()>>,
}

impl Site {
    pub(crate) fn start() -> Self {
        Self::start_with(quick_limits(), |app| app)
    }

    pub(crate) fn start_with(
        limits: ConnectionLimits,
        change: impl FnOnce(AppBuilder) -> AppBuilder,
    ) -> Self {
        let users = Arc::new(Users::default());
        let metrics = Arc::new(Metrics::default());
        let live = Arc::new(Live::new(change(app(&users, &metrics, "first")).build().unwrap()));
        let (stop, stopping) = oneshot::channel();
        let (bound, address) = std::sync::mpsc::channel();
        let served = Arc::clone(&live);
        let stopped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
            runtime.unwrap().block_on(async {
                let any = SocketAddr::from(([127, 0, 0, 1], 0));
                let server = Server::bind(any, served, metrics).await.unwrap().limits(limits);
                bound.send(server.address().unwrap()).unwrap();
                server
                    .serve(async {
                        let _ = stopping.await;
                    })
                    .await;
            });
        });
        let address = address.recv().unwrap();
        Self { address, live, users, stop: Some(stop), stopped: Some(stopped) }
    }

    pub(crate) fn client(&self) -> Client {
        Client::connect(self.address)
    }

    /// One request on a connection of its own.
    pub(crate) fn ask(&self, request: impl AsRef<[u8]>) -> Answer {
        let mut client = self.client();
        client.send(request);
        client.answer(true).expect("the server closed without an answer")
    }

    pub(crate) fn get(&self, path: &str, headers: &str) -> Answer {
        self.ask(format!("GET {path} HTTP/1.1\r\nhost: a\r\n{headers}\r\n"))
    }
}

pub(crate) fn app(users: &Arc<Users>, metrics: &Arc<Metrics>, name: &'static str) -> AppBuilder {
    let credentials: Arc<dyn Credentials> = Arc::clone(users) as _;
    App::builder()
        .module(Health::new(Arc::new(Ready), Arc::clone(metrics)))
        .module(Echo(name))
        .authenticator(Arc::new(Authenticator::new(credentials)))
        .limits(RequestLimits {
            body_bytes: 1000,
            body_timeout: Duration::from_millis(300),
            request_timeout: Duration::from_millis(600),
        })
}

pub(crate) fn quick_limits() -> ConnectionLimits {
    ConnectionLimits {
        header_timeout: Duration::from_millis(400),
        idle_timeout: Duration::from_millis(1500),
        write_timeout: Duration::from_millis(400),
        drain_timeout: Duration::from_secs(5),
        ..ConnectionLimits::default()
    }
}

/// Nothing but health, and its numbers for who has the token.
pub(crate) fn metrics_token(_: AppBuilder) -> AppBuilder {
    let health = Health::new(Arc::new(Ready), Arc::new(Metrics::default()));
    App::builder().module(health.metrics_token(Some("0123456789abcdef")))
}

pub(crate) fn any_origin(app: AppBuilder) -> AppBuilder {
    app.cors(Some(Cors::Any))
}

pub(crate) fn one_origin(app: AppBuilder) -> AppBuilder {
    app.cors(Cors::parse(["https://shop.example"]).unwrap())
}

struct Ready;

impl Readiness for Ready {
    fn check(&self) -> BoxFuture<'_, Result<(), NotReady>> {
        let cause = purlin_core::Error::Unavailable("the disk at /secret is full".to_owned());
        Box::pin(async { Err(NotReady { what: "a store does not answer".to_owned(), cause }) })
    }
}

/// The token `good.u1` is good; `u0` does not exist and `u9` is not active.
#[derive(Default)]
pub(crate) struct Users {
    pub(crate) version: AtomicU64,
    pub(crate) loads: AtomicU64,
}

impl Credentials for Users {
    fn verify<'a>(&'a self, token: &'a str) -> BoxFuture<'a, Result<Option<Verified>, purlin_core::Error>> {
        self.loads.fetch_add(1, Ordering::SeqCst);
        Box::pin(async move {
            let Some(subject) = token.strip_prefix("good.") else { return Ok(None) };
            let user = |subject: &str| Actor::User(Arc::new(User::new(vec![Value::from(subject)])));
            match subject {
                "u0" | "u9" => Ok(None),
                "u1" | "u2" => Ok(Some(Verified {
                    actor: user(subject),
                    subject: subject.into(),
                    session: None,
                    scopes: None,
                    expires: u64::MAX,
                })),
                "broken" => Err(purlin_core::Error::internal("the password is hunter2")),
                _ => Ok(None),
            }
        })
    }

    fn version(&self) -> u64 {
        self.version.load(Ordering::SeqCst)
    }
}

/// As many bytes as the path says: numbers, or what cannot be made smaller.
fn sized(
    media_type: &'static str,
    is_noise: bool,
    request: &Request,
) -> Result<Response, purlin_http::Error> {
    let bytes: usize = request.param(0)?.parse().unwrap();
    let mut state = 1_u64;
    let mut noise = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state.to_be_bytes()[0]
    };
    let body: Vec<u8> = if is_noise {
        std::iter::repeat_with(&mut noise).take(bytes).collect()
    } else {
        (0..).flat_map(|number: u32| format!("{number},").into_bytes()).take(bytes).collect()
    };
    Ok(text(StatusCode::OK, media_type, body))
}

struct Echo(&'static str);

/// An async function as a handler.
struct Of<F>(F);

impl<F, A> Handler for Of<F>
where
    F: Fn(Request) -> A + Send + Sync,
    A: Future<Output = Result<Response, purlin_http::Error>> + Send + 'static,
{
    fn call(&self, request: Request) -> BoxFuture<'_, Result<Response, purlin_http::Error>> {
        Box::pin((self.0)(request))
    }
}

impl Module for Echo {
    fn name(&self) -> &'static str {
        "echo"
    }

    fn routes(&self, routes: &mut Routes) {
        let name = self.0;
        routes.get(
            "/text/{bytes}",
            Of(|request: Request| async move { sized("application/json", false, &request) }),
        );
        routes
            .get("/noise/{bytes}", Of(|request: Request| async move { sized("text/plain", true, &request) }));
        routes
            .get("/image/{bytes}", Of(|request: Request| async move { sized("image/png", false, &request) }));
        let secret = Of(|request: Request| async move { sized("application/json", false, &request) });
        routes.get("/secret/{bytes}", secret).keeps_secrets();
        routes.get("/sign-in", Of(|_| async { Ok(json(StatusCode::OK, "")) })).by_address();
        routes.get("/name", Of(move |_| async move { Ok(json(StatusCode::OK, format!("{name:?}"))) }));
        routes.get(
            "/me",
            Of(|request: Request| async move {
                let text = match request.actor().await? {
                    Actor::User(user) => format!("{:?}", user.values),
                    other => format!("{other:?}"),
                };
                Ok(json(StatusCode::OK, text))
            }),
        );
        routes.get(
            "/peer",
            Of(|request: Request| async move { Ok(json(StatusCode::OK, request.peer().to_string())) }),
        );
        routes.get("/of/{id}", Of(|request: Request| async move {
            Ok(json(StatusCode::OK, format!("{:?}", request.param(0)?)))
        }));
        routes.post(
            "/echo",
            Of(|mut request: Request| async move { Ok(json(StatusCode::OK, request.json_body().await?)) }),
        );
        routes.post(
            "/raw",
            Of(|mut request: Request| async move { Ok(json(StatusCode::OK, request.read_body().await?)) }),
        );
        routes.post("/ignore", Of(|_| async { Ok(json(StatusCode::OK, "ignored")) }));
        routes.get("/panic", Of(|_| async { panic!("secret panic text") }));
        routes.get("/internal", Of(|_| async { Err(purlin_core::Error::internal("secret cause").into()) }));
        routes.get("/large", Of(|_| async { Ok(json(StatusCode::OK, "x".repeat(64 << 20))) }));
        routes.get(
            "/slow",
            // Who asks with a token can see by its being looked at that the request is running.
            Of(|request: Request| async move {
                request.verified().await?;
                tokio::time::sleep(Duration::from_millis(300)).await;
                Ok(json(StatusCode::OK, "\"slow\""))
            }),
        );
        routes.get(
            "/never",
            Of(|_| async {
                std::future::pending::<()>().await;
                Ok(json(StatusCode::OK, ""))
            }),
        );
        routes.get(
            "/invalid",
            Of(|_| async {
                let mut fields = purlin_core::FieldErrors::default();
                fields.add("email", "must be an email address");
                fields.add("email", "must be \"short\"");
                fields.add("age", "must be a number");
                Err(purlin_core::Error::Invalid(fields).into())
            }),
        );
        routes.get(
            "/limited",
            Of(|_| async {
                Err(purlin_core::Error::RateLimited { retry_after: Duration::from_millis(1500) }.into())
            }),
        );
    }
}
