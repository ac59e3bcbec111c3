import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  BasicConstraintsExtension,
  cryptoProvider,
  PemConverter,
  SubjectAlternativeNameExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { removeFolder, temporaryFolder } from '../temporary-folder.js';

const SIGNING = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY_MS = 86_400_000;

/** A certificate with its key: PEM texts, and files for programs that need files. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
  readonly certFile: string;
  readonly keyFile: string;
}

export interface CertificateNames {
  readonly dns?: readonly string[];
  readonly ip?: readonly string[];
}

/** A certificate authority. Call `remove` at the end. */
export class Authority {
  readonly caFile: string;

  private constructor(
    private readonly dir: string,
    private readonly certificate: X509Certificate,
    private readonly keys: webcrypto.CryptoKeyPair,
  ) {
    this.caFile = join(dir, 'ca.crt');
  }

  static async create(): Promise<Authority> {
    cryptoProvider.set(webcrypto);
    const keys = await webcrypto.subtle.generateKey(SIGNING, true, ['sign', 'verify']);
    const certificate = await X509CertificateGenerator.createSelfSigned({
      name: 'CN=Authority of a test',
      keys,
      signingAlgorithm: SIGNING,
      extensions: [new BasicConstraintsExtension(true, undefined, true)],
    });
    const authority = new Authority(await temporaryFolder('certificates'), certificate, keys);
    await writeFile(authority.caFile, authority.ca);
    return authority;
  }

  get ca(): string {
    return this.certificate.toString('pem');
  }

  /** Issues a certificate that is valid from yesterday on, for `days` days; 0 days: it has expired. */
  async issue(name: string, { dns = [], ip = [] }: CertificateNames = {}, days = 2): Promise<Certificate> {
    const keys = await webcrypto.subtle.generateKey(SIGNING, true, ['sign', 'verify']);
    const names = [
      ...dns.map((value) => ({ type: 'dns', value }) as const),
      ...ip.map((value) => ({ type: 'ip', value }) as const),
    ];
    const certificate = await X509CertificateGenerator.create({
      subject: `CN=${name}`,
      issuer: this.certificate.subject,
      publicKey: keys.publicKey,
      signingKey: this.keys.privateKey,
      signingAlgorithm: SIGNING,
      notBefore: new Date(Date.now() - DAY_MS),
      notAfter: new Date(Date.now() + (days - 1) * DAY_MS),
      extensions: names.length > 0 ? [new SubjectAlternativeNameExtension(names)] : [],
    });
    const cert = certificate.toString('pem');
    const key = PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY');
    const [certFile, keyFile] = [join(this.dir, `${name}.crt`), join(this.dir, `${name}.key`)];
    await Promise.all([writeFile(certFile, cert), writeFile(keyFile, key)]);
    return { cert, key, certFile, keyFile };
  }

  async remove(): Promise<void> {
    await removeFolder(this.dir);
  }
}
