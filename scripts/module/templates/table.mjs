import { membersOf } from '../fields.mjs';

export const table = ({ Many, fields }) => `export interface ${Many}Table {
  id: string;
${fields.map((field) => `  ${membersOf(field).row};\n`).join('')}  version: Generated<number>;
  created_at: Timestamp;
  updated_at: Timestamp;
  deleted_at: ColumnType<Date | null, Date | undefined, Date>;
}
`;
