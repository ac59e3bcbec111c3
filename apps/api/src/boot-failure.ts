import { FolderInUse } from './database/embedded/folder-lock.js';
import { SettingsInvalid } from './config/read-settings.js';

/** Why it did not start. What the operator can put right is told without a stack; a fault of ours keeps it. */
export function bootFailure(error: unknown): string {
  const reason = expected(error) ?? (error instanceof Error ? (error.stack ?? error.message) : String(error));
  return `Nuthatch did not start. ${reason}`;
}

function expected(error: unknown): string | undefined {
  if (error instanceof SettingsInvalid || error instanceof FolderInUse) return error.message;
  if (!(error instanceof Error && 'code' in error)) return undefined;
  const port = 'port' in error ? String(error.port) : '';
  switch (error.code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'HOST is a name that has no address. Set it to 0.0.0.0 to listen on all.';
    case 'EADDRINUSE':
      return `Port ${port} is in use. Stop what listens there, or set PORT to another one (0 takes any).`;
    case 'EACCES':
      return 'syscall' in error && error.syscall === 'listen'
        ? `Port ${port} may not be opened by this user. Set PORT to one above 1023.`
        : ofDisk(error);
    case 'ENOTDIR':
    case 'EEXIST':
    case 'EROFS':
      return ofDisk(error);
    case 'EADDRNOTAVAIL':
      return 'HOST is not an address of this machine. Set it to 0.0.0.0 to listen on all.';
    default:
      return undefined;
  }
}

function ofDisk({ message }: Error): string {
  return `${message}. Set DATA_DIR to a folder that this user may write to, or to memory.`;
}
