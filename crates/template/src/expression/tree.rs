//! The syntax tree of an expression: minijinja's, lowered to the few forms that are allowed.

use minijinja::machinery::ast;
use minijinja::machinery::parse_expr;
use minijinja::value::ValueKind;

use super::Path;
use super::filters::{self, Filter};
use crate::nearest::nearest;
use crate::value::Value;

/// Deepest nesting, and most operands in a row.
const MAX_DEPTH: usize = 100;

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Tree {
    Literal(Value),
    /// `a.b.c`
    Path(Path),
    /// `(…).name`
    Member(Box<Tree>, String),
    List(Vec<Tree>),
    Not(Box<Tree>),
    Negate(Box<Tree>),
    And(Box<Tree>, Box<Tree>),
    Or(Box<Tree>, Box<Tree>),
    Arithmetic(Arithmetic, Box<Tree>, Box<Tree>),
    Concat(Box<Tree>, Box<Tree>),
    /// `a < b <= c`: the first operand, then each comparison with the next.
    Compare(Box<Tree>, Vec<(Comparison, Tree)>),
    Filter(&'static Filter, Box<Tree>, Vec<Tree>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    Unequal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    In,
    NotIn,
}

impl Tree {
    /// The paths that are read, in the order they stand in.
    pub(super) fn paths<'a>(&'a self, found: &mut Vec<&'a Path>) {
        match self {
            Tree::Literal(_) => {}
            Tree::Path(path) => found.push(path),
            Tree::Member(of, _) => of.paths(found),
            Tree::List(items) => items.iter().for_each(|item| item.paths(found)),
            Tree::Not(of) | Tree::Negate(of) => of.paths(found),
            Tree::And(a, b) | Tree::Or(a, b) | Tree::Arithmetic(_, a, b) | Tree::Concat(a, b) => {
                a.paths(found);
                b.paths(found);
            }
            Tree::Compare(first, others) => {
                first.paths(found);
                others.iter().for_each(|(_, other)| other.paths(found));
            }
            Tree::Filter(_, of, arguments) => {
                of.paths(found);
                arguments.iter().for_each(|argument| argument.paths(found));
            }
        }
    }
}

/// Parses and lowers; the error says what is wrong and what would be right.
pub(super) fn parse(source: &str) -> Result<Tree, String> {
    if source.is_empty() {
        return Err("the expression is empty".to_owned());
    }
    let parsed = parse_expr(source)
        .map_err(|error| format!("'{source}' is no expression: {}", error.detail().unwrap_or("it cannot be read")))?;
    lower(&parsed, 0).map_err(|reason| format!("'{source}': {reason}"))
}

fn lower(expr: &ast::Expr<'_>, depth: usize) -> Result<Tree, String> {
    if depth > MAX_DEPTH {
        return Err(format!("an expression nests at most {MAX_DEPTH} deep"));
    }
    let boxed = |inner: &ast::Expr<'_>| lower(inner, depth + 1).map(Box::new);
    match expr {
        ast::Expr::Var(var) => Ok(Tree::Path(vec![var.id.to_owned()])),
        ast::Expr::Const(constant) => literal(&constant.value),
        ast::Expr::GetAttr(member) => Ok(match lower(&member.expr, depth + 1)? {
            Tree::Path(mut path) => {
                path.push(member.name.to_owned());
                Tree::Path(path)
            }
            other => Tree::Member(Box::new(other), member.name.to_owned()),
        }),
        ast::Expr::UnaryOp(op) => match op.op {
            ast::UnaryOpKind::Not => Ok(Tree::Not(boxed(&op.expr)?)),
            ast::UnaryOpKind::Neg => Ok(Tree::Negate(boxed(&op.expr)?)),
        },
        ast::Expr::BinOp(op) => binary(op.op, boxed(&op.left)?, boxed(&op.right)?),
        ast::Expr::Compare(chain) => {
            let others = chain
                .ops
                .iter()
                .map(|next| Ok((comparison(next.op), lower(&next.expr, depth + 1)?)))
                .collect::<Result<Vec<_>, String>>()?;
            Ok(Tree::Compare(boxed(&chain.expr)?, others))
        }
        ast::Expr::List(list) => {
            let items = list.items.iter().map(|item| lower(item, depth + 1));
            items.collect::<Result<_, _>>().map(Tree::List)
        }
        ast::Expr::Filter(filter) => lower_filter(filter, depth),
        ast::Expr::Call(_) => Err("calls are refused; there are no functions, only filters ('x | upper')".to_owned()),
        ast::Expr::GetItem(_) | ast::Expr::Slice(_) => {
            Err("indexing is refused; use 'name.part', or the filters first and last".to_owned())
        }
        ast::Expr::Test(_) => Err("tests ('x is y') are refused; write 'x', 'not x' or a comparison".to_owned()),
        ast::Expr::IfExpr(_) => Err("'a if b else c' is refused; write 'b and a or c'".to_owned()),
        ast::Expr::Tuple(_) | ast::Expr::Map(_) => Err("tuples and maps are refused".to_owned()),
    }
}

fn binary(op: ast::BinOpKind, a: Box<Tree>, b: Box<Tree>) -> Result<Tree, String> {
    use ast::BinOpKind as Op;
    let arithmetic = |kind, a: Box<Tree>, b: Box<Tree>| {
        if [&a, &b].iter().any(|side| matches!(***side, Tree::Literal(Value::Text(_)))) {
            return Err("arithmetic takes numbers, not text; '~' joins texts".to_owned());
        }
        Ok(Tree::Arithmetic(kind, a, b))
    };
    let compare = |kind, a, b: Box<Tree>| Ok(Tree::Compare(a, vec![(kind, *b)]));
    match op {
        Op::ScAnd => Ok(Tree::And(a, b)),
        Op::ScOr => Ok(Tree::Or(a, b)),
        Op::Add => arithmetic(Arithmetic::Add, a, b),
        Op::Sub => arithmetic(Arithmetic::Subtract, a, b),
        Op::Mul => arithmetic(Arithmetic::Multiply, a, b),
        Op::Div => arithmetic(Arithmetic::Divide, a, b),
        Op::Concat => Ok(Tree::Concat(a, b)),
        Op::Eq => compare(Comparison::Equal, a, b),
        Op::Ne => compare(Comparison::Unequal, a, b),
        Op::Lt => compare(Comparison::Less, a, b),
        Op::Lte => compare(Comparison::LessOrEqual, a, b),
        Op::Gt => compare(Comparison::Greater, a, b),
        Op::Gte => compare(Comparison::GreaterOrEqual, a, b),
        Op::In => compare(Comparison::In, a, b),
        Op::FloorDiv | Op::Rem | Op::Pow => Err("'//', '%' and '**' are refused; there are + - * /".to_owned()),
    }
}

fn comparison(op: ast::CompareOpKind) -> Comparison {
    match op {
        ast::CompareOpKind::Eq => Comparison::Equal,
        ast::CompareOpKind::Ne => Comparison::Unequal,
        ast::CompareOpKind::Lt => Comparison::Less,
        ast::CompareOpKind::Lte => Comparison::LessOrEqual,
        ast::CompareOpKind::Gt => Comparison::Greater,
        ast::CompareOpKind::Gte => Comparison::GreaterOrEqual,
        ast::CompareOpKind::In => Comparison::In,
        ast::CompareOpKind::NotIn => Comparison::NotIn,
    }
}

fn literal(value: &minijinja::Value) -> Result<Tree, String> {
    let literal = match value.kind() {
        ValueKind::Undefined | ValueKind::None => Value::Absent,
        ValueKind::Bool => Value::Bool(value.is_true()),
        ValueKind::Number => {
            let number = f64::try_from(value.clone()).map_err(|error| error.to_string())?;
            Value::Number(Some(number).filter(|number| number.is_finite()).ok_or("the number is too large")?)
        }
        ValueKind::String => Value::Text(value.as_str().unwrap_or_default().to_owned()),
        other => return Err(format!("a literal of kind {other} is refused")),
    };
    Ok(Tree::Literal(literal))
}

fn lower_filter(filter: &ast::Filter<'_>, depth: usize) -> Result<Tree, String> {
    let Some(found) = filters::find(filter.name) else {
        let hint = match nearest(filter.name, filters::names()) {
            Some(near) => format!("did you mean '{near}'?"),
            None => format!("there are {}", filters::names().collect::<Vec<_>>().join(", ")),
        };
        return Err(format!("there is no filter '{}'; {hint}", filter.name));
    };
    let input = filter.expr.as_ref().ok_or_else(|| "a filter needs a value before it".to_owned())?;
    let mut arguments = Vec::new();
    for argument in &filter.args {
        match argument {
            ast::CallArg::Pos(argument) => arguments.push(lower(argument, depth + 1)?),
            _ => return Err(format!("the filter {} takes plain arguments, without names", found.name)),
        }
    }
    found.check(&arguments)?;
    Ok(Tree::Filter(found, Box::new(lower(input, depth + 1)?), arguments))
}
