import type { A_Const, ColumnRef, Node } from 'libpg-query';
import type { Condition } from './statement.js';

/** A condition, and the name or alias of the table in front of its column. */
export interface QualifiedCondition extends Condition {
  readonly qualifier: string | undefined;
}

/** Functions that change only the letter case of a text. */
const CASE_FUNCTIONS = new Set(['lower', 'upper']);

/** Returns the equalities that every row of a `where` meets. Other terms are left out: they only narrow the rows further. */
export function equalitiesOf(where: Node | undefined, parameters: readonly unknown[]): QualifiedCondition[] {
  if (!where) return [];
  if ('BoolExpr' in where && where.BoolExpr.boolop === 'AND_EXPR')
    return (where.BoolExpr.args ?? []).flatMap((term) => equalitiesOf(term, parameters));
  if (!('A_Expr' in where)) return [];
  const { kind, name = [], lexpr, rexpr } = where.A_Expr;
  if (textsOf(name).join('.') !== '=' || !lexpr || !rexpr) return [];
  if (kind === 'AEXPR_OP') return equality(lexpr, rexpr, parameters) ?? equality(rexpr, lexpr, parameters) ?? [];
  if (kind === 'AEXPR_IN' && 'List' in rexpr) return oneOf(lexpr, valuesOf(rexpr.List.items ?? [], parameters));
  const any = kind === 'AEXPR_OP_ANY' ? valueOf(rexpr, parameters) : undefined;
  return any && Array.isArray(any.value) ? oneOf(lexpr, any.value) : [];
}

/** Returns the value of a constant or a parameter; `undefined` for an expression that only the database can compute. */
export function valueOf(node: Node, parameters: readonly unknown[]): { readonly value: unknown } | undefined {
  const inner = simplified(node);
  if ('ParamRef' in inner) return { value: parameters[(inner.ParamRef.number ?? 0) - 1] };
  return 'A_Const' in inner ? { value: constantOf(inner.A_Const) } : undefined;
}

/** Returns the texts of the strings among these nodes. */
function textsOf(nodes: readonly Node[]): string[] {
  return nodes.flatMap((node) => ('String' in node ? [node.String.sval ?? ''] : []));
}

function equality(column: Node, value: Node, parameters: readonly unknown[]): QualifiedCondition[] | undefined {
  const known = valueOf(value, parameters);
  const conditions = known && oneOf(column, [known.value]);
  return conditions?.length ? conditions : undefined;
}

function oneOf(column: Node, values: readonly unknown[] | undefined): QualifiedCondition[] {
  const inner = simplified(column);
  if (!values || !('ColumnRef' in inner)) return [];
  const name = nameOf(inner.ColumnRef);
  return name ? [{ ...name, values }] : [];
}

function nameOf({ fields = [] }: ColumnRef): Pick<QualifiedCondition, 'column' | 'qualifier'> | undefined {
  const names = textsOf(fields);
  const column = names.at(-1);
  return column === undefined || names.length < fields.length ? undefined : { column, qualifier: names.at(-2) };
}

function valuesOf(nodes: readonly Node[], parameters: readonly unknown[]): unknown[] | undefined {
  const values = nodes.flatMap((node) => valueOf(node, parameters) ?? []);
  return values.length === nodes.length ? values.map(({ value }) => value) : undefined;
}

/** Removes casts, collations and functions of letter case. */
function simplified(node: Node): Node {
  if ('TypeCast' in node && node.TypeCast.arg) return simplified(node.TypeCast.arg);
  if ('CollateClause' in node && node.CollateClause.arg) return simplified(node.CollateClause.arg);
  if (!('FuncCall' in node)) return node;
  const { funcname = [], args: [argument] = [] } = node.FuncCall;
  return argument && CASE_FUNCTIONS.has(textsOf(funcname).join('.')) ? simplified(argument) : node;
}

/** The parser leaves out members that are zero, false or empty. */
function constantOf({ isnull, sval, ival, fval, boolval }: A_Const): unknown {
  if (isnull) return null;
  if (sval) return sval.sval ?? '';
  if (ival) return ival.ival ?? 0;
  return fval ? fval.fval : (boolval?.boolval ?? false);
}
