/** From the certificate to the status (docs/model.md section 6), and to a sentence that says why. */
import type { Certificate } from '../certify/certificate.js';
import { LIMIT_TOLERANCE } from '../certify/tolerances.js';
import type { Mode } from './result.js';

export interface StatusDecision {
  readonly status: 'optimal' | 'feasible' | 'limit';
  readonly explanation: string;
}

export function decideStatus(
  certificate: Certificate,
  mode: Mode,
  searchReason: string,
): StatusDecision {
  if (!certificate.equilibriumHolds) {
    return { status: 'limit', explanation: 'the certificate found no equilibrium' };
  }
  if (!certificate.revenueHolds) {
    return { status: 'limit', explanation: 'the operator does not collect what the grid costs' };
  }
  if (!certificate.physicsHolds) {
    const found = describeViolation(certificate);
    const reason = searchReason === '' ? '' : `${searchReason}: `;
    return { status: 'limit', explanation: `${reason}${found}` };
  }
  if (!certificate.optimalityHolds) {
    const reason = searchReason === '' ? openGap(certificate) : searchReason;
    return { status: 'feasible', explanation: reason };
  }
  const isBaseline = mode === 'local' || mode === 'isolated';
  const finding = isBaseline && hasViolation(certificate) ? describeViolation(certificate) : '';
  return { status: 'optimal', explanation: finding };
}

/** A negative gap beyond the tolerance is worth what limits are left by, which to theirs count as kept. */
function openGap({ gap }: Certificate): string {
  if (!(gap < 0)) return 'the gap is open';
  return 'the outcome costs less than the proven bound: it uses what the tolerances of limits leave';
}

function hasViolation(certificate: Certificate): boolean {
  return (
    certificate.voltageViolationBus !== '' ||
    certificate.currentViolationBranch !== '' ||
    certificate.gridLimitViolation > LIMIT_TOLERANCE
  );
}

function describeViolation(certificate: Certificate): string {
  const parts: string[] = [];
  if (certificate.voltageViolationBus !== '') {
    const size = certificate.largestVoltageViolation_pu.toPrecision(3);
    parts.push(`voltage ${size} pu outside its limits at bus ${certificate.voltageViolationBus}`);
  }
  if (certificate.currentViolationBranch !== '') {
    const percent = (100 * certificate.largestCurrentViolation).toPrecision(3);
    parts.push(`current ${percent} % over its limit on ${certificate.currentViolationBranch}`);
  }
  if (certificate.gridLimitViolation > LIMIT_TOLERANCE) {
    const percent = (100 * certificate.gridLimitViolation).toPrecision(3);
    parts.push(`exchange with the grid ${percent} % over its limit`);
  }
  if (parts.length === 0) parts.push('the reported state is not what the power flow gives');
  return `the power flow shows ${parts.join('; ')}`;
}
