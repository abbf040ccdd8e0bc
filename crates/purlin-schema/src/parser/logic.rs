//! `&&` and `||`. Other tools read an unparenthesised mix in different ways, and these
//! are access rules: a mix is an error that shows both readings, never a silent choice.

use super::cursor::Parser;
use crate::ast::{Expr, ExprKind, LogicOp};
use crate::diagnostic::{Diagnostic, codes};
use crate::lexer::TokenKind;

impl Parser<'_> {
    pub(super) fn logic(&mut self) -> Expr {
        let first = self.binary(0);
        let mut operands = vec![first];
        let mut ops = Vec::new();
        loop {
            let op = match self.kind() {
                TokenKind::AndAnd => LogicOp::And,
                TokenKind::OrOr => LogicOp::Or,
                _ => break,
            };
            self.advance();
            ops.push(op);
            operands.push(self.binary(0));
        }
        if ops.contains(&LogicOp::And) && ops.contains(&LogicOp::Or) {
            self.report_mix(&operands, &ops);
        }
        group(operands, &ops)
    }

    fn report_mix(&mut self, operands: &[Expr], ops: &[LogicOp]) {
        let (Some(first), Some(last)) = (operands.first(), operands.last()) else {
            return;
        };
        let texts: Vec<&str> = operands.iter().map(|operand| self.text_of(operand.span)).collect();
        let and_first = reading(&texts, ops, LogicOp::And);
        let or_first = reading(&texts, ops, LogicOp::Or);
        let span = first.span.to(last.span);
        // Not through `report`: the first operand may have a problem of its own.
        self.diagnostics.push(
            Diagnostic::error(codes::MIXED_LOGIC, span, "`&&` and `||` are mixed without parentheses")
                .help(format!("write {and_first}\nor    {or_first}")),
        );
    }
}

/// The text with every run of `tight` in parentheses.
fn reading(texts: &[&str], ops: &[LogicOp], tight: LogicOp) -> String {
    let mut out = String::new();
    let mut is_open = false;
    for (index, text) in texts.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|index| ops.get(index)).copied();
        let after = ops.get(index).copied();
        if let Some(op) = before {
            out.extend([" ", op.as_str(), " "]);
        }
        if !is_open && after == Some(tight) {
            out.push('(');
            is_open = true;
        }
        out.push_str(&text.split_whitespace().collect::<Vec<_>>().join(" "));
        if is_open && after != Some(tight) {
            out.push(')');
            is_open = false;
        }
    }
    out
}

/// Groups operands with `&&` tighter than `||`.
fn group(operands: Vec<Expr>, ops: &[LogicOp]) -> Expr {
    let mut alternatives: Vec<Vec<Expr>> = vec![Vec::new()];
    for (index, operand) in operands.into_iter().enumerate() {
        let before = index.checked_sub(1).and_then(|index| ops.get(index));
        if before == Some(&LogicOp::Or) {
            alternatives.push(Vec::new());
        }
        if let Some(last) = alternatives.last_mut() {
            last.push(operand);
        }
    }
    let alternatives = alternatives.into_iter().filter_map(|operands| join(LogicOp::And, operands)).collect();
    join(LogicOp::Or, alternatives)
        .unwrap_or(Expr { kind: ExprKind::Missing, span: crate::source::Span::default() })
}

fn join(op: LogicOp, mut operands: Vec<Expr>) -> Option<Expr> {
    if operands.len() < 2 {
        return operands.pop();
    }
    let span = operands.first()?.span.to(operands.last()?.span);
    Some(Expr { kind: ExprKind::Logic { op, operands }, span })
}
