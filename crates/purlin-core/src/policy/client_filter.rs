//! A client's filter over rows that it may see: hidden fields count as null, hidden rows as absent,
//! so that no filter tells more than the answer itself would.

use super::scope::{Guard, Scope, column};
use crate::operation::{JsonTest, Key, Search, SearchTerm, Test, Where};
use crate::schema::{CompareOp, Field, FieldId, FieldOperation, ListOp, Model, Quantifier, TextOp};
use crate::statement::{Filter, JsonOp, ListEnd, Operand, Origin};
use crate::value::Value;
use crate::value::words::index_word;

/// Of so many fields each weighs twice the next.
const MAX_WEIGHT: usize = 16;

impl<'a> Guard<'a> {
    /// Scope 0 is a row of `model`.
    pub(super) fn client_filter(&mut self, model: &'a Model, filter: &Where) -> Filter {
        match filter {
            Where::All(parts) => {
                let lowered: Vec<Filter> = parts.iter().map(|part| self.client_filter(model, part)).collect();
                Filter::all(lowered)
            }
            Where::Any(parts) => {
                let lowered: Vec<Filter> = parts.iter().map(|part| self.client_filter(model, part)).collect();
                Filter::any(lowered)
            }
            Where::Not(inner) => Filter::not(self.client_filter(model, inner)),
            Where::Field { field, test } => {
                let field = model.field(*field);
                let visible = self.row_field_rules(field);
                let leaf = self.test(model, field, test);
                match test {
                    // A hidden field counts as null.
                    Test::Equals(Value::Null) | Test::EqualsIgnoreCase(Value::Null) => {
                        Filter::any([Filter::not(visible), leaf])
                    }
                    _ => Filter::all([visible, leaf]),
                }
            }
            Where::Search(search) => {
                let offered = self.offered(model, search);
                let terms = search.terms.iter();
                let terms = terms.map(|term| self.search_term(model, search, term));
                Filter::all(std::iter::once(offered).chain(terms).collect::<Vec<_>>())
            }
            Where::Relation { field, quantifier, filter } => {
                self.related(model, model.field(*field), *quantifier, filter)
            }
        }
    }

    /// Whether a field that the actor sees has the words, or none has those that are excluded.
    fn search_term(&mut self, model: &'a Model, search: &Search, term: &SearchTerm) -> Filter {
        let fields = search.fields.iter();
        let found: Vec<Filter> = fields.map(|field| self.has_words(model, *field, term)).collect();
        let found = Filter::any(found);
        if term.is_excluded { Filter::not(found) } else { found }
    }

    /// Rows that an index finds, among which all others are: it knows the words of hidden fields too, so the words are
    /// tested beside it.
    fn offered(&mut self, model: &'a Model, search: &Search) -> Filter {
        let words = indexed_words(search);
        if words.is_empty() {
            return Filter::Always;
        }
        let texts = model.searched().into_iter().map(|field| column(model.id, field)).collect();
        Filter::Offered { texts, words: Operand::Param(self.param(Value::from(words.as_str()))) }
    }

    fn has_words(&mut self, model: &'a Model, field: FieldId, term: &SearchTerm) -> Filter {
        let visible = self.row_field_rules(model.field(field));
        if visible == Filter::Never {
            return Filter::Never;
        }
        let argument = Operand::Param(self.param(Value::from(term.words.as_str())));
        let value = column(model.id, field);
        Filter::all([visible, Filter::Words { value, argument, is_prefix: term.is_prefix }])
    }

    /// Each word that is wanted counts once for each field, the first field most.
    pub(super) fn relevance(&mut self, model: &'a Model, search: &Search) -> Vec<(Filter, u32)> {
        let mut parts = Vec::new();
        for (number, field) in search.fields.iter().enumerate() {
            let below = search.fields.len() - 1 - number;
            let weight = 1_u32 << below.min(MAX_WEIGHT);
            for term in search.terms.iter().filter(|term| !term.is_excluded) {
                match self.has_words(model, *field, term) {
                    Filter::Never => {}
                    found => parts.push((found, weight)),
                }
            }
        }
        parts
    }

    /// The row that a client names by a key: a hidden value counts as null here too, so that guessing it
    /// finds nothing.
    pub(super) fn client_key(&mut self, model: &'a Model, key: &Key) -> Filter {
        let mut parts = vec![self.key_filter(model.id, key)];
        for (field, _) in &key.fields {
            parts.push(self.row_field_rules(model.field(*field)));
        }
        Filter::all(parts)
    }

    pub(super) fn row_field_rules(&mut self, field: &'a Field) -> Filter {
        self.alone(Scope::Stored { is_named: true }, |guard| guard.field_rules(field, FieldOperation::Read))
    }

    fn related(
        &mut self,
        model: &'a Model,
        field: &'a Field,
        quantifier: Quantifier,
        filter: &Where,
    ) -> Filter {
        let Some(relation) = field.relation() else { return Filter::Never };
        let target = self.schema.model(relation.target);
        let visible =
            self.alone(Scope::Stored { is_named: true }, |guard| guard.relation_rules(field, model));
        let readable = self.related_rules(relation);
        let wanted = self.client_filter(target, filter);
        let some = |condition: Filter| match condition {
            Filter::Never => Filter::Never,
            condition => Filter::all([
                visible,
                Filter::Related {
                    origin: Origin::ROW,
                    model: model.id,
                    relation: field.id,
                    quantifier: Quantifier::Some,
                    condition: Box::new(condition),
                },
            ]),
        };
        match quantifier {
            Quantifier::Some => some(Filter::all([readable, wanted])),
            Quantifier::None => Filter::not(some(Filter::all([readable, wanted]))),
            Quantifier::Every => Filter::not(some(Filter::all([readable, Filter::not(wanted)]))),
        }
    }

    fn test(&mut self, model: &'a Model, field: &'a Field, test: &Test) -> Filter {
        let left = column(model.id, field.id);
        match test {
            Test::Equals(Value::Null) => Filter::IsNull(left),
            Test::NotEquals(Value::Null) => Filter::not(Filter::IsNull(left)),
            Test::Equals(value) => self.compared(CompareOp::Equal, left, value),
            Test::NotEquals(value) => self.compared(CompareOp::NotEqual, left, value),
            Test::Less(value) => self.compared(CompareOp::Less, left, value),
            Test::LessOrEqual(value) => self.compared(CompareOp::LessOrEqual, left, value),
            Test::Greater(value) => self.compared(CompareOp::Greater, left, value),
            Test::GreaterOrEqual(value) => self.compared(CompareOp::GreaterOrEqual, left, value),
            Test::EqualsIgnoreCase(Value::Null) => Filter::IsNull(left),
            Test::EqualsIgnoreCase(value) => {
                Filter::EqualIgnoreCase { left, right: Operand::Param(self.param(value.clone())) }
            }
            Test::In(values) => self.one_of(left, values),
            Test::NotIn(values) => {
                let is_present = Filter::not(Filter::IsNull(left.clone()));
                Filter::all([is_present, Filter::not(self.one_of(left, values))])
            }
            Test::Contains { text, ignore_case } => {
                self.text_test(TextOp::Contains, left, text, *ignore_case)
            }
            Test::StartsWith { text, ignore_case } => {
                self.text_test(TextOp::StartsWith, left, text, *ignore_case)
            }
            Test::EndsWith { text, ignore_case } => {
                self.text_test(TextOp::EndsWith, left, text, *ignore_case)
            }
            Test::Has(value) => self.list_test(ListOp::Has, left, value.clone()),
            Test::HasSome(values) => self.list_test(ListOp::HasSome, left, Value::List(values.clone())),
            Test::HasEvery(values) => self.list_test(ListOp::HasEvery, left, Value::List(values.clone())),
            Test::IsEmpty(wanted) => {
                let is_empty = Filter::List { op: ListOp::IsEmpty, list: left.clone(), argument: None };
                if *wanted {
                    is_empty
                } else {
                    Filter::all([Filter::not(Filter::IsNull(left)), Filter::not(is_empty)])
                }
            }
            Test::Json { path, test } => self.json_test(left, path, test),
            Test::Column { op, other } => self.column_test(model, left, *op, *other),
        }
    }

    fn compared(&mut self, op: CompareOp, left: Operand, value: &Value) -> Filter {
        if value.is_null() {
            return Filter::Never;
        }
        Filter::Compare { op, left, right: Operand::Param(self.param(value.clone())) }
    }

    fn one_of(&mut self, value: Operand, values: &[Value]) -> Filter {
        let present: Vec<Value> = values.iter().filter(|value| !value.is_null()).cloned().collect();
        if present.is_empty() {
            return Filter::Never;
        }
        Filter::In { value, list: Operand::Param(self.param(Value::List(present))) }
    }

    fn text_test(&mut self, op: TextOp, value: Operand, text: &str, ignore_case: bool) -> Filter {
        Filter::Text { op, value, argument: Operand::Param(self.param(Value::from(text))), ignore_case }
    }

    fn list_test(&mut self, op: ListOp, list: Operand, argument: Value) -> Filter {
        Filter::List { op, list, argument: Some(Operand::Param(self.param(argument))) }
    }

    fn json_test(&mut self, value: Operand, path: &[String], test: &JsonTest) -> Filter {
        let text = |op, ignore_case: bool| JsonOp::Text { op, ignore_case };
        let (op, argument) = match test {
            JsonTest::Equals(value) => (JsonOp::Compare(CompareOp::Equal), value.clone()),
            JsonTest::NotEquals(value) => (JsonOp::Compare(CompareOp::NotEqual), value.clone()),
            JsonTest::Less(value) => (JsonOp::Compare(CompareOp::Less), value.clone()),
            JsonTest::LessOrEqual(value) => (JsonOp::Compare(CompareOp::LessOrEqual), value.clone()),
            JsonTest::Greater(value) => (JsonOp::Compare(CompareOp::Greater), value.clone()),
            JsonTest::GreaterOrEqual(value) => (JsonOp::Compare(CompareOp::GreaterOrEqual), value.clone()),
            JsonTest::ArrayContains(value) => (JsonOp::ArrayContains, value.clone()),
            JsonTest::ArrayStartsWith(value) => (JsonOp::ArrayEnd(ListEnd::First), value.clone()),
            JsonTest::ArrayEndsWith(value) => (JsonOp::ArrayEnd(ListEnd::Last), value.clone()),
            JsonTest::StringContains { text: wanted, ignore_case } => {
                (text(TextOp::Contains, *ignore_case), Value::from(wanted.as_str()))
            }
            JsonTest::StringStartsWith { text: wanted, ignore_case } => {
                (text(TextOp::StartsWith, *ignore_case), Value::from(wanted.as_str()))
            }
            JsonTest::StringEndsWith { text: wanted, ignore_case } => {
                (text(TextOp::EndsWith, *ignore_case), Value::from(wanted.as_str()))
            }
        };
        Filter::Json { value, path: path.to_vec(), op, argument: Operand::Param(self.param(argument)) }
    }

    /// A client compares two columns strictly: null on a side is false.
    fn column_test(&mut self, model: &'a Model, left: Operand, op: CompareOp, other: FieldId) -> Filter {
        let visible = self.row_field_rules(model.field(other));
        let right = column(model.id, other);
        Filter::all([
            visible,
            Filter::not(Filter::IsNull(left.clone())),
            Filter::not(Filter::IsNull(right.clone())),
            Filter::Compare { op, left, right },
        ])
    }
}

/// What each row that is found has: of all wanted terms the words that every engine's index takes as they are.
fn indexed_words(search: &Search) -> String {
    let mut found: Vec<String> = Vec::new();
    for term in search.terms.iter().filter(|term| !term.is_excluded) {
        let mut words = term.words.split(' ').peekable();
        while let Some(word) = words.next() {
            let asked = index_word(word, term.is_prefix && words.peek().is_none());
            found.extend(asked.filter(|asked| !found.contains(asked)));
        }
    }
    found.join(" ")
}
