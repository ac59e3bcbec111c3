import { passWriteToken, writeToken } from '@nuthatch/cache/outbox';
import {
  type KyselyPlugin,
  type PluginTransformQueryArgs,
  type PluginTransformResultArgs,
  type QueryId,
  type QueryResult,
  ReturningNode,
  type RootOperationNode,
  SelectionNode,
  sql,
  type UnknownRow,
} from 'kysely';

const COLUMN = 'nuthatch_token';

/**
 * Passes the token of the present cache write to the outbox, in the `returning` of the statement itself: no further round trip. A
 * statement without `returning` passes none, and its entries are invalidated once more.
 */
export class WriteTokenPlugin implements KyselyPlugin {
  private readonly passing = new WeakSet<QueryId>();

  transformQuery({ node, queryId }: PluginTransformQueryArgs): RootOperationNode {
    if (!('returning' in node) || !node.returning || writeToken() === undefined) return node;
    this.passing.add(queryId);
    const token = SelectionNode.create(sql.raw(passWriteToken()).as(COLUMN).toOperationNode());
    return { ...node, returning: ReturningNode.cloneWithSelections(node.returning, [token]) };
  }

  async transformResult({ result, queryId }: PluginTransformResultArgs): Promise<QueryResult<UnknownRow>> {
    if (!this.passing.has(queryId)) return result;
    return { ...result, rows: result.rows.map(({ [COLUMN]: _token, ...row }) => row) };
  }
}
