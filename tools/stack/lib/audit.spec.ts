import { readAudit } from './audit.mjs';

const report = (vulnerabilities: object): string => JSON.stringify({ auditReportVersion: 2, vulnerabilities });

describe('what npm audit says', () => {
  it('is a finding from severity high on', () => {
    const low = { name: 'left', severity: 'moderate', range: '<1', fixAvailable: true };
    expect(readAudit(report({ left: low }))).toEqual({ kind: 'clean', lines: [] });
    const high = { name: 'right', severity: 'high', range: '<2.0.0', fixAvailable: true };
    expect(readAudit(report({ left: low, right: high }))).toEqual({
      kind: 'vulnerable',
      lines: ['right <2.0.0: high, a fix is available'],
    });
  });

  it('is neither a finding nor an all-clear where the registry offers no audits', () => {
    const refusal = JSON.stringify({
      message: '405 Method Not Allowed - POST https://registry.example/-/audit',
      statusCode: 405,
    });
    expect(readAudit(refusal)).toEqual({ kind: 'unavailable', lines: ['405 Method Not Allowed'] });
    const offline = JSON.stringify({ error: { code: 'ENOTFOUND', summary: 'request failed' } });
    expect(readAudit(offline)).toEqual({ kind: 'unavailable', lines: ['request failed'] });
    expect(readAudit('')).toEqual({ kind: 'unavailable', lines: ['it did not answer'] });
  });
});
