//! Lists, queries and single rows.

use http::StatusCode;
use purlin_core::FieldErrors;
use purlin_core::operation::{Action, Count, Page, Query, Window, Within};
use purlin_core::schema::{FieldId, Model};
use purlin_http::{Error, Request, Response, json};

use crate::cache::with_cache_status;
use crate::caller::Caller;
use crate::cursor::binding;
use crate::endpoint::Endpoint;
use crate::etag::tagged;
use crate::key::key_of;
use crate::meta::{push_cursor, push_page};
use crate::query::{self, AggregateRequest, ListRequest};

/// A usual row; the buffer grows where rows are larger.
const ROW_BYTES: u64 = 512;
const MOST_RESERVED: usize = 64 << 10;

impl Endpoint {
    pub(crate) async fn list(
        &self,
        caller: &Caller,
        request: &Request,
        relation: Option<FieldId>,
    ) -> Result<Response, Error> {
        let (model, within) = self.place(request, relation)?;
        let asked = request.query().unwrap_or_default();
        let list = query::list(&self.surface.schema, model, asked, self.surface.settings.limits)?;
        self.answer_list(caller, model, list, within).await
    }

    pub(crate) async fn query(&self, caller: &Caller, mut request: Request) -> Result<Response, Error> {
        query::unparameterized(request.query().unwrap_or_default())?;
        let body = crate::body::read(&mut request).await?;
        let model = self.model();
        let list = query::query(&self.surface.schema, model, &body, self.surface.settings.limits)?;
        self.answer_list(caller, model, list, None).await
    }

    async fn answer_list(
        &self,
        caller: &Caller,
        model: &Model,
        list: ListRequest,
        within: Option<Within>,
    ) -> Result<Response, Error> {
        let ListRequest { mut query, cursor, page, limit } = list;
        let surface = &self.surface;
        // A page that begins with a row goes on like one that a cursor began.
        let is_from_row = matches!(query.page, Page::Window(Window { from: Some(_), .. }));
        let bound = (cursor.is_some() || is_from_row)
            .then(|| binding(&surface.schema, model, &query, within.as_ref(), &caller.actor));
        if let (Some(cursor), Some(bound)) = (cursor.filter(|cursor| !cursor.is_empty()), &bound) {
            let after = surface.sealer.open(&cursor, bound, query.order.len())?;
            query.page = Page::Cursor { after: Some(after), take: limit };
        }
        let expected = usize::try_from(limit * ROW_BYTES).unwrap_or(MOST_RESERVED).min(MOST_RESERVED);
        let action = Action::List(query);
        let mut outcome =
            self.run(caller, model.id, action, within, FieldErrors::default(), expected).await?;
        if let Some(bound) = bound {
            let last = outcome.read.last_keys.take().filter(|_| outcome.read.has_more);
            let next = last.map(|keys| surface.sealer.seal(&keys, &bound)).transpose()?;
            push_cursor(&mut outcome.body, limit, next.as_deref(), outcome.read.has_more);
        } else {
            push_page(&mut outcome.body, page, limit, outcome.read.total, outcome.read.has_more);
        }
        Ok(outcome.into_response())
    }

    pub(crate) async fn count(&self, caller: &Caller, request: &Request) -> Result<Response, Error> {
        let asked = request.query().unwrap_or_default();
        let model = self.model();
        let aggregate = query::count(&self.surface.schema, model, asked, self.surface.settings.limits)?;
        self.answer_aggregate(caller, AggregateRequest { aggregate, page: None }).await
    }

    pub(crate) async fn aggregate(&self, caller: &Caller, request: &Request) -> Result<Response, Error> {
        let asked = request.query().unwrap_or_default();
        let surface = &self.surface;
        let aggregate = query::aggregate(&surface.schema, self.model(), asked, surface.settings.limits)?;
        self.answer_aggregate(caller, aggregate).await
    }

    pub(crate) async fn aggregate_query(
        &self,
        caller: &Caller,
        mut request: Request,
    ) -> Result<Response, Error> {
        query::unparameterized(request.query().unwrap_or_default())?;
        let body = crate::body::read(&mut request).await?;
        let surface = &self.surface;
        let aggregate =
            query::aggregate_query(&surface.schema, self.model(), &body, surface.settings.limits)?;
        self.answer_aggregate(caller, aggregate).await
    }

    async fn answer_aggregate(&self, caller: &Caller, asked: AggregateRequest) -> Result<Response, Error> {
        let AggregateRequest { aggregate, page } = asked;
        let action = Action::Aggregate(aggregate);
        let mut outcome = self.run(caller, self.model, action, None, FieldErrors::default(), 1024).await?;
        match page {
            // How many groups there are is known only when all of them are made.
            Some((page, limit)) => push_page(&mut outcome.body, page, limit, None, outcome.read.has_more),
            None => outcome.body.push(b'}'),
        }
        Ok(outcome.into_response())
    }

    pub(crate) async fn get(&self, caller: &Caller, request: &Request) -> Result<Response, Error> {
        let (schema, model) = (&self.surface.schema, self.model());
        let key = key_of(schema, model, request.raw_param(0))?;
        let asked = request.query().unwrap_or_default();
        let selection = query::selected(schema, model, asked, self.surface.settings.limits)?;
        let action = Action::Get { key, selection };
        let mut outcome = self.run(caller, model.id, action, None, FieldErrors::default(), 1024).await?;
        let tag = self.surface.tag(caller, outcome.row());
        outcome.body.push(b'}');
        let response = tagged(request, &tag, json(StatusCode::OK, outcome.body))?;
        Ok(with_cache_status(response, outcome.cache))
    }

    /// `/posts/:id/author`: the list of at most one row that the engine gives, as a row.
    pub(crate) async fn nested_get(
        &self,
        caller: &Caller,
        request: &Request,
        relation: FieldId,
    ) -> Result<Response, Error> {
        let (model, within) = self.place(request, Some(relation))?;
        let asked = request.query().unwrap_or_default();
        let selection = query::selected(&self.surface.schema, model, asked, self.surface.settings.limits)?;
        let query = Query {
            filter: purlin_core::operation::Where::everything(),
            order: purlin_core::input::default_order(model),
            selection,
            page: Page::Offset { skip: 0, take: Some(1) },
            count: Count::None,
            distinct: Vec::new(),
        };
        let action = Action::List(query);
        let mut outcome = self.run(caller, model.id, action, within, FieldErrors::default(), 1024).await?;
        if outcome.read.rows == 0 {
            return Err(purlin_core::Error::NotFound.into());
        }
        outcome.unwrap_list()?;
        outcome.body.push(b'}');
        Ok(outcome.into_response())
    }
}
