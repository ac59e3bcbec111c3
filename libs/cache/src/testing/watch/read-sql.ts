import {
  type DeleteStmt,
  type InsertStmt,
  loadModule,
  type Node,
  parseSync,
  type RangeVar,
  type SelectStmt,
  type UpdateStmt,
  type WithClause,
} from 'libpg-query';
import { equalitiesOf, type QualifiedCondition, valueOf } from './conditions.js';
import type { Row, Statement, TableChange, TableRead } from './statement.js';

await loadModule();

/**
 * Returns the tables that a statement reads and changes. Each part is classified on its own: a data-changing CTE within a `select`
 * is a change.
 *
 * @throws the error of PostgreSQL's parser for text that it rejects.
 */
export function readSql(sql: string, parameters: readonly unknown[]): Statement {
  const reader = new SqlReader(parameters);
  for (const { stmt } of parseSync(sql).stmts ?? []) if (stmt) reader.visit(stmt, OUTERMOST);
  return reader;
}

/** The part of the statement around a node. */
interface Scope {
  /** The names of the CTEs, which are no tables. */
  readonly ctes: ReadonlySet<string>;
  readonly where: readonly QualifiedCondition[];
  /** Whether a column without a qualifier belongs to the only table of the part. */
  readonly sole: boolean;
  readonly whole: boolean;
}

const OUTERMOST: Scope = { ctes: new Set(), where: [], sole: false, whole: true };

class SqlReader implements Statement {
  readonly reads: TableRead[] = [];
  readonly changes: TableChange[] = [];

  constructor(private readonly parameters: readonly unknown[]) {}

  visit(node: unknown, scope: Scope): void {
    if (!isNode(node)) this.#visitParts(node, scope);
    else if ('SelectStmt' in node) this.#select(node.SelectStmt, scope);
    else if ('InsertStmt' in node) this.#insert(node.InsertStmt, scope);
    else if ('UpdateStmt' in node) this.#update(node.UpdateStmt, scope);
    else if ('DeleteStmt' in node) this.#delete(node.DeleteStmt, scope);
    else if ('MergeStmt' in node) this.#changeAll([node.MergeStmt.relation], node.MergeStmt, scope);
    else if ('CopyStmt' in node)
      this.#copy(node.CopyStmt.relation, node.CopyStmt.is_from ?? false, node.CopyStmt, scope);
    else if ('TruncateStmt' in node) this.#changeAll((node.TruncateStmt.relations ?? []).map(rangeOf), {}, scope);
    else if ('RangeVar' in node) this.#read(node.RangeVar, scope);
    else this.#visitParts(node, scope);
  }

  #visitParts(value: unknown, scope: Scope): void {
    if (typeof value !== 'object' || value === null) return;
    for (const part of Object.values(value)) this.visit(part, { ...scope, whole: false });
  }

  #select({ withClause, larg, rarg, whereClause, ...parts }: SelectStmt, around: Scope): void {
    const inner = this.#scopeOf(withClause, around);
    if (larg) this.#select(larg, inner);
    if (rarg) this.#select(rarg, inner);
    const [only, ...others] = parts.fromClause ?? [];
    const sole = only !== undefined && 'RangeVar' in only && others.length === 0;
    const scope = { ...inner, where: equalitiesOf(whereClause, this.parameters), sole };
    this.#visitParts([whereClause, parts], scope);
  }

  #insert({ withClause, relation, cols = [], selectStmt, returningClause, ...parts }: InsertStmt, around: Scope): void {
    const scope = this.#scopeOf(withClause, around);
    const names = cols.map((column) => ('ResTarget' in column ? (column.ResTarget.name ?? '') : ''));
    const values = selectStmt && 'SelectStmt' in selectStmt ? selectStmt.SelectStmt.valuesLists : undefined;
    const assigned = values?.map((list) => this.#rowOf(names, 'List' in list ? (list.List.items ?? []) : []));
    this.#change(relation, { kind: 'insert', assigned, returns: returningClause !== undefined }, around);
    this.#visitParts([selectStmt, returningClause, parts], scope);
  }

  #update(
    { withClause, relation, whereClause, targetList = [], returningClause, ...parts }: UpdateStmt,
    around: Scope,
  ): void {
    const inner = this.#scopeOf(withClause, around);
    const where = equalitiesOf(whereClause, this.parameters);
    const scope = { ...inner, where, sole: (parts.fromClause ?? []).length === 0 };
    const targets = targetList.flatMap((target) => ('ResTarget' in target ? [target.ResTarget] : []));
    const names = targets.map(({ name = '' }) => name);
    const assigned = [
      this.#rowOf(
        names,
        targets.map(({ val }) => val),
      ),
    ];
    this.#change(
      relation,
      { kind: 'update', assigned, returns: returningClause !== undefined },
      { ...scope, whole: around.whole },
    );
    this.#visitParts([whereClause, targetList, returningClause, parts], scope);
  }

  #delete({ withClause, relation, whereClause, returningClause, ...parts }: DeleteStmt, around: Scope): void {
    const inner = this.#scopeOf(withClause, around);
    const where = equalitiesOf(whereClause, this.parameters);
    const scope = { ...inner, where, sole: (parts.usingClause ?? []).length === 0 };
    this.#change(
      relation,
      { kind: 'delete', assigned: undefined, returns: returningClause !== undefined },
      { ...scope, whole: around.whole },
    );
    this.#visitParts([whereClause, returningClause, parts], scope);
  }

  #copy(relation: RangeVar | undefined, from: boolean, parts: object, scope: Scope): void {
    if (from) this.#changeAll([relation], parts, scope);
    else if (relation) this.#read(relation, scope);
    else this.#visitParts(parts, scope);
  }

  /** Adds changes of unknown rows. */
  #changeAll(relations: readonly (RangeVar | undefined)[], parts: object, scope: Scope): void {
    for (const relation of relations)
      this.#change(relation, { kind: 'update', assigned: undefined, returns: false }, { ...scope, where: [] });
    this.#visitParts(parts, scope);
  }

  #change(
    relation: RangeVar | undefined,
    change: Pick<TableChange, 'kind' | 'assigned' | 'returns'>,
    scope: Scope,
  ): void {
    if (!relation) return;
    this.changes.push({ ...tableOf(relation, scope), ...change, whole: scope.whole });
  }

  #read(relation: RangeVar, scope: Scope): void {
    const isCte = relation.schemaname === undefined && scope.ctes.has(relation.relname ?? '');
    if (!isCte) this.reads.push(tableOf(relation, scope));
  }

  /** Visits the CTEs of a part, and returns the scope within it. */
  #scopeOf(withClause: WithClause | undefined, around: Scope): Scope {
    const ctes = new Set(around.ctes);
    const nodes = (withClause?.ctes ?? []).flatMap((node) => ('CommonTableExpr' in node ? [node.CommonTableExpr] : []));
    for (const { ctename = '', ctequery } of nodes) {
      if (withClause?.recursive) ctes.add(ctename);
      this.#visitParts([ctequery], { ...OUTERMOST, ctes: new Set(ctes) });
      ctes.add(ctename);
    }
    return { ...OUTERMOST, ctes, whole: false };
  }

  #rowOf(names: readonly string[], values: readonly (Node | undefined)[]): Row {
    const known = names.flatMap((name, place) => {
      const node = values[place];
      const found = node && valueOf(node, this.parameters);
      return found ? [[name, found.value] as const] : [];
    });
    return Object.fromEntries(known);
  }
}

function tableOf({ relname = '', alias }: RangeVar, { where, sole }: Scope): TableRead {
  const own = alias?.aliasname ?? relname;
  const conditions = where.filter(({ qualifier }) => (qualifier === undefined ? sole : qualifier === own));
  return { table: relname, conditions: conditions.map(({ column, values }) => ({ column, values })) };
}

function rangeOf(node: Node): RangeVar | undefined {
  return 'RangeVar' in node ? node.RangeVar : undefined;
}

/** The parser wraps each node into an object whose only member has the name of the node's type, in upper case. */
function isNode(value: unknown): value is Node {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const [name, ...others] = Object.keys(value);
  return name !== undefined && others.length === 0 && /^[A-Z]/.test(name);
}
