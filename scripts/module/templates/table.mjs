export const table = ({ Many }) => `export interface ${Many}Table {
  id: string;
  name: string;
  version: Generated<number>;
  created_at: Timestamp;
  updated_at: Timestamp;
  deleted_at: ColumnType<Date | null, Date | undefined, Date>;
}
`;
