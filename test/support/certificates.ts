import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

/** A key and its certificate: the files, and both in one, as a Java keystore of type PEM has them. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
  readonly keystore: string;
}

/** A certificate authority of a test's own, in `folder`. Needs openssl. */
export class CertificateAuthority {
  readonly cert: string;
  private readonly key: string;

  constructor(
    private readonly folder: string,
    private readonly name = 'authority',
  ) {
    this.cert = join(folder, `${name}.pem`);
    this.key = join(folder, `${name}.key`);
    openssl('req', '-x509', ...KEY, '-days', '2', '-subj', `/CN=${name}`, '-keyout', this.key, '-out', this.cert);
  }

  get pem(): string {
    return readFileSync(this.cert, 'utf8');
  }

  /** Signs a certificate for the loopback addresses, good for servers and clients. */
  issue(commonName: string): Certificate {
    const file = (ending: string): string => join(this.folder, `${this.name}-${commonName}.${ending}`);
    const [key, cert, request, extensions, keystore] = ['key', 'pem', 'csr', 'ext', 'keystore.pem'].map(file) as [
      string,
      string,
      string,
      string,
      string,
    ];
    openssl('req', ...KEY, '-subj', `/CN=${commonName}`, '-keyout', key, '-out', request);
    writeFileSync(extensions, 'subjectAltName = IP:127.0.0.1, DNS:localhost\n');
    const authority = ['-CA', this.cert, '-CAkey', this.key, '-CAcreateserial'];
    openssl('x509', '-req', '-in', request, ...authority, '-days', '2', '-extfile', extensions, '-out', cert);
    writeFileSync(keystore, readFileSync(key, 'utf8') + readFileSync(cert, 'utf8'));
    return { cert, key, keystore };
  }
}

function openssl(...args: string[]): void {
  execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}
