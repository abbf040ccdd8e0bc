//! Tests of lists. What is no list fails every test.

use mongodb::bson::{Bson, doc};
use purlin_core::schema::ListOp;
use purlin_core::statement::Operand;
use purlin_core::value::{Value, compare};

use super::renderer::{Frame, Renderer, present};

impl Renderer<'_> {
    pub(super) fn list_test(
        &mut self,
        op: ListOp,
        list: &Operand,
        argument: Option<&Operand>,
        frame: &mut Frame,
    ) -> Bson {
        let known = argument.map(|argument| self.known(argument));
        if let (Some(list), None | Some(Some(_))) = (self.known(list), known) {
            return Bson::Boolean(compare::list(op, list, known.flatten()));
        }
        let element =
            argument.and_then(|argument| self.element_of(argument)).or_else(|| self.element_of(list));
        let list = match self.known(list) {
            Some(Value::List(values)) => {
                let values = values.iter().filter(|value| !value.is_null());
                let values: Vec<Bson> = values.map(|value| crate::value::encode(value, element)).collect();
                doc! { "$literal": values }.into()
            }
            Some(_) => return Bson::Boolean(false),
            None => self.operand(list, element, frame),
        };
        let Some(argument) = argument else {
            return match op {
                ListOp::IsEmpty => both(&list, None, doc! { "$eq": [{ "$size": list.clone() }, 0] }.into()),
                ListOp::Has | ListOp::HasSome | ListOp::HasEvery => Bson::Boolean(false),
            };
        };
        let argument = self.operand(argument, element, frame);
        match op {
            ListOp::IsEmpty => both(&list, None, doc! { "$eq": [{ "$size": list.clone() }, 0] }.into()),
            ListOp::Has => {
                let found = doc! { "$and": [present(&argument), { "$in": [argument, list.clone()] }] };
                both(&list, None, found.into())
            }
            ListOp::HasSome => {
                let shared = doc! { "$size": { "$setIntersection": [list.clone(), argument.clone()] } };
                both(&list, Some(&argument), doc! { "$gt": [shared, 0] }.into())
            }
            ListOp::HasEvery => {
                let is_subset = doc! { "$setIsSubset": [argument.clone(), list.clone()] };
                both(&list, Some(&argument), is_subset.into())
            }
        }
    }
}

/// Tested only where all that must be a list is one.
fn both(list: &Bson, other: Option<&Bson>, test: Bson) -> Bson {
    let mut lists = vec![Bson::from(doc! { "$isArray": [list.clone()] })];
    lists.extend(other.map(|other| Bson::from(doc! { "$isArray": [other.clone()] })));
    doc! { "$cond": [{ "$and": lists }, test, false] }.into()
}
