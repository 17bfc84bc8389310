/** The certificate in plain words (docs/model.md section 6), each claim with its verdict. */
import type { Certificate } from '../certify/certificate.js';
import { LIMIT_TOLERANCE } from '../certify/tolerances.js';
import type { Mode } from '../clearing/result.js';
import { magnitude, money } from '../report/numbers.js';
import { isBaseline } from '../report/summary.js';

export interface CertificateClaim {
  readonly claim: string;
  readonly verdict: 'holds' | 'FAILS' | 'not proven' | 'broken, as a finding' | 'not claimed';
  readonly evidence: string;
}

export function certificateWords(certificate: Certificate, mode: Mode): CertificateClaim[] {
  return [
    equilibriumClaim(certificate, mode),
    networkClaim(certificate),
    limitsClaim(certificate, mode),
    optimalityClaim(certificate, mode),
    moneyClaim(certificate),
  ];
}

function equilibriumClaim(certificate: Certificate, mode: Mode): CertificateClaim {
  const gain = `${magnitude(certificate.largestGain_usd_per_h)} $/h`;
  const answer = `${magnitude(certificate.largestAnswerError_kw)} kW`;
  const deed = mode === 'isolated' ? 'another output' : 'another bid';
  return {
    claim: 'Nobody would rather have done something else.',
    verdict: certificate.equilibriumHolds ? 'holds' : 'FAILS',
    evidence:
      `The most that any prosumer could gain by ${deed} is ${gain}; no output is further than ` +
      `${answer} from its owner's best answer to the price.`,
  };
}

function networkClaim(certificate: Certificate): CertificateClaim {
  const voltage = `${magnitude(certificate.largestVoltageDifference_pu)} pu`;
  const flow = `${magnitude(certificate.largestFlowDifference_kva)} kVA`;
  const isState = certificate.physicsHolds || hasBrokenLimit(certificate);
  return {
    claim: 'Voltages, flows and losses are those that physics gives for this dispatch.',
    verdict: isState ? 'holds' : 'FAILS',
    evidence: `A second power flow, reckoned in another way, differs by at most ${voltage} and ${flow}.`,
  };
}

function limitsClaim(certificate: Certificate, mode: Mode): CertificateClaim {
  const broken: string[] = [];
  if (certificate.voltageViolationBus !== '') {
    const size = magnitude(certificate.largestVoltageViolation_pu);
    broken.push(`bus ${certificate.voltageViolationBus} is ${size} pu outside its voltage limits`);
  }
  if (certificate.currentViolationBranch !== '') {
    const percent = magnitude(100 * certificate.largestCurrentViolation);
    broken.push(`branch ${certificate.currentViolationBranch} carries ${percent} % too much`);
  }
  if (certificate.gridLimitViolation > LIMIT_TOLERANCE) {
    const percent = magnitude(100 * certificate.gridLimitViolation);
    broken.push(`the exchange with the grid is ${percent} % above its limit`);
  }
  const kept = certificate.physicsHolds && !hasBrokenLimit(certificate);
  return {
    claim: 'Every limit of voltage, current and exchange is kept.',
    verdict: kept ? 'holds' : isBaseline(mode) ? 'broken, as a finding' : 'FAILS',
    evidence:
      broken.length === 0
        ? 'None is broken by more than rounding.'
        : `At worst, ${broken.join(', ')}.`,
  };
}

function hasBrokenLimit(certificate: Certificate): boolean {
  return (
    certificate.voltageViolationBus !== '' ||
    certificate.currentViolationBranch !== '' ||
    certificate.gridLimitViolation > LIMIT_TOLERANCE
  );
}

function optimalityClaim(certificate: Certificate, mode: Mode): CertificateClaim {
  const claim = 'Nothing that the mode allows would have been cheaper.';
  if (isBaseline(mode)) {
    const evidence = 'A baseline is one outcome: there is nothing to choose among.';
    return { claim, verdict: 'not claimed', evidence };
  }
  const { lowerBound_usd_per_h: bound, recomputedObjective_usd_per_h: objective } = certificate;
  const what = mode === 'dlmp' ? 'potential (what this mode makes least)' : 'cost';
  return {
    claim,
    verdict: certificate.optimalityHolds ? 'holds' : 'not proven',
    evidence: Number.isFinite(bound)
      ? `The ${what} is ${money(objective)}, and a proof, recomputed from the bids, shows that none is ` +
        `below ${money(bound)}: a relative gap of ${magnitude(certificate.gap)}.`
      : `The ${what} is ${money(objective)}; no lower bound is proven.`,
  };
}

function moneyClaim(certificate: Certificate): CertificateClaim {
  const imbalance = `${magnitude(certificate.paymentImbalance_usd_per_h)} $/h`;
  const shortfall = certificate.revenueShortfall_usd_per_h;
  const asked = !Number.isNaN(shortfall) || !certificate.revenueHolds;
  const revenue = asked
    ? ` What is paid falls short of the grid's bill by ${magnitude(shortfall)} $/h.`
    : " That payments cover the grid's bill is not asked for here.";
  return {
    claim: asked
      ? "Payments add up, and cover the grid's bill."
      : 'Payments add up to what prices and imports say.',
    verdict: certificate.revenueHolds && certificate.equilibriumHolds ? 'holds' : 'FAILS',
    evidence: `Payments and imports at their prices differ by ${imbalance}.${revenue}`,
  };
}
