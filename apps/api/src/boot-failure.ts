import { FolderInUse } from './database/embedded/folder-lock.js';
import { SettingsInvalid } from './config/read-settings.js';

/** Returns why the application did not start. A failure that the operator can fix is reported without its stack. */
export function bootFailure(error: unknown): string {
  const reason = expected(error) ?? (error instanceof Error ? (error.stack ?? error.message) : String(error));
  return `Nuthatch did not start. ${reason}`;
}

function expected(error: unknown): string | undefined {
  if (error instanceof SettingsInvalid || error instanceof FolderInUse) return error.message;
  if (!(error instanceof Error && 'code' in error)) return undefined;
  const port = 'port' in error ? String(error.port) : '';
  switch (error.code) {
    case 'REDIS_TOPOLOGY_UNSUPPORTED':
      return `REDIS_URL: ${error.message}`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'The name in HOST cannot be resolved to an address. Set HOST to 0.0.0.0 to listen on all addresses.';
    case 'EADDRINUSE':
      return `Port ${port} is in use. Stop the program that listens on it, or set PORT to another port (0 selects a free one).`;
    case 'EACCES':
      return 'syscall' in error && error.syscall === 'listen'
        ? `Port ${port} may not be opened by this user. Set PORT to a port above 1023.`
        : ofDisk(error);
    case 'ENOTDIR':
    case 'EEXIST':
    case 'EROFS':
      return ofDisk(error);
    case 'ENOENT':
      return 'syscall' in error && error.syscall === 'mkdir' ? ofDisk(error) : undefined;
    case 'EADDRNOTAVAIL':
      return 'HOST is not an address of this machine. Set HOST to 0.0.0.0 to listen on all addresses.';
    default:
      return undefined;
  }
}

function ofDisk({ message }: Error): string {
  return `The data folder cannot be opened (${message}). Set DATA_DIR to a folder that this user may write to, or to memory.`;
}
