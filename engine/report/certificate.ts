/**
 * The certificate point by point (docs/model.md section 6): every figure with its unit and what it may be
 * at most, every point with its verdict.
 */
import type { Certificate } from '../certify/certificate.js';
import {
  ANSWER_TOLERANCE,
  BALANCE_TOLERANCE,
  FLOW_TOLERANCE,
  GAIN_TOLERANCE,
  LIMIT_TOLERANCE,
  MISMATCH_TOLERANCE_PU,
  MONEY_TOLERANCE,
  PRICE_TOLERANCE,
  REACTIVE_TOLERANCE,
  REPORTED_TOLERANCE,
  REVENUE_TOLERANCE,
  VOLTAGE_TOLERANCE_PU,
} from '../certify/tolerances.js';
import { magnitude, money } from './numbers.js';

interface Figure {
  readonly what: string;
  readonly value: string;
  readonly limit: string;
}

interface Point {
  readonly title: string;
  readonly verdict: 'pass' | 'FAIL' | 'reported';
  readonly figures: readonly Figure[];
}

/** @param gap the relative gap that counts as optimal */
export function renderCertificate(certificate: Certificate, gap: number): string {
  const points = certificatePoints(certificate, gap);
  const figures = points.flatMap((point) => point.figures);
  const whatWidth = Math.max(...figures.map(({ what }) => what.length));
  const valueWidth = Math.max(...figures.map(({ value }) => value.length));
  const lines = points.flatMap(({ title, verdict, figures: ofPoint }) => [
    `${title}: ${verdict}`,
    ...ofPoint.map(({ what, value, limit }) =>
      `  ${what.padEnd(whatWidth)}  ${value.padStart(valueWidth)}  ${limit}`.trimEnd(),
    ),
  ]);
  return `${lines.join('\n')}\n`;
}

function certificatePoints(certificate: Certificate, gap: number): Point[] {
  return [
    {
      title: '1 equilibrium',
      verdict: verdictOf(certificate.equilibriumHolds),
      figures: equilibriumFigures(certificate),
    },
    {
      title: '2 power flow and limits',
      verdict: verdictOf(certificate.physicsHolds),
      figures: physicsFigures(certificate),
    },
    {
      title: '3 relaxation',
      verdict: 'reported',
      figures: [residual('largest cone slack', certificate.largestConeSlack_pu, 'pu')],
    },
    {
      title: '4 optimality',
      verdict: verdictOf(certificate.optimalityHolds),
      figures: [
        amount('recomputed cost', certificate.recomputedCost_usd_per_h),
        amount('recomputed objective', certificate.recomputedObjective_usd_per_h),
        amount('lower bound', certificate.lowerBound_usd_per_h),
        residual('relative gap', certificate.gap, '', atMost(gap)),
      ],
    },
    {
      title: '5 money',
      verdict: keepsRevenue(certificate) ? verdictOf(certificate.revenueHolds) : 'reported',
      figures: moneyFigures(certificate),
    },
  ];
}

/** Whether the market was to keep the operator from losing money. */
function keepsRevenue(certificate: Certificate): boolean {
  return !Number.isNaN(certificate.revenueShortfall_usd_per_h) || !certificate.revenueHolds;
}

function moneyFigures(certificate: Certificate): Figure[] {
  const {
    paymentImbalance_usd_per_h: imbalance,
    operatorSurplus_usd_per_h: surplus,
    revenueShortfall_usd_per_h: shortfall,
    largestAllowedPriceViolation_usd_per_kwh: price,
  } = certificate;
  return [
    residual('payments against imports', imbalance, '$/h', ofScale(MONEY_TOLERANCE)),
    amount("operator's surplus", surplus),
    ...(keepsRevenue(certificate)
      ? [
          residual('short of what the grid costs', shortfall, '$/h', ofScale(REVENUE_TOLERANCE)),
          residual('beyond a price that may be posted', price, '$/kWh', atMost(PRICE_TOLERANCE)),
        ]
      : []),
  ];
}

function equilibriumFigures(certificate: Certificate): Figure[] {
  const {
    largestGain_usd_per_h: gain,
    largestAnswerError_kw: answer,
    largestBalanceError_kw: balance,
    largestCostError_usd_per_h: cost,
    largestBidError_kw: bid,
    largestMarginalPriceDifference_usd_per_kwh: marginal,
    largestPriceCapViolation_usd_per_kwh: cap,
  } = certificate;
  return [
    residual('largest gain by another bid', gain, '$/h', ofScale(GAIN_TOLERANCE)),
    residual('answers off by', answer, 'kW', ofScale(ANSWER_TOLERANCE)),
    residual('purchases and imports off by', balance, 'kW', ofScale(BALANCE_TOLERANCE)),
    residual('reported costs off by', cost, '$/h', ofScale(REPORTED_TOLERANCE)),
    residual('reported bids off by', bid, 'kW', ofScale(REPORTED_TOLERANCE)),
    ...(Number.isNaN(marginal)
      ? []
      : [residual('prices off the marginal prices by', marginal, '$/kWh')]),
    residual('beyond a price cap', cap, '$/kWh', atMost(PRICE_TOLERANCE)),
  ];
}

function physicsFigures(certificate: Certificate): Figure[] {
  const {
    largestVoltageDifference_pu: difference,
    largestFlowDifference_kva: flow,
    largestVoltageViolation_pu: voltage,
    voltageViolationBus: bus,
    largestCurrentViolation: current,
    currentViolationBranch: branch,
    gridLimitViolation: grid,
    largestReactiveViolation_kvar: reactive,
    powerFlowMismatch_pu: mismatch,
  } = certificate;
  const atBus = bus === '' ? '' : ` (bus ${bus})`;
  const onBranch = branch === '' ? '' : ` (branch ${branch})`;
  return [
    residual('voltages off by', difference, 'pu', atMost(VOLTAGE_TOLERANCE_PU)),
    residual('flows off by', flow, 'kVA', `${atMost(FLOW_TOLERANCE)} of base_kva`),
    residual(`beyond a voltage limit${atBus}`, voltage, 'pu', atMost(VOLTAGE_TOLERANCE_PU)),
    residual(`beyond a current limit${onBranch}`, current, 'of it', atMost(LIMIT_TOLERANCE)),
    residual('beyond the grid limit', grid, 'of it', atMost(LIMIT_TOLERANCE)),
    residual('beyond a reactive range', reactive, 'kvar', ofScale(REACTIVE_TOLERANCE)),
    residual('power-flow mismatch', mismatch, 'pu', atMost(MISMATCH_TOLERANCE_PU)),
  ];
}

function residual(what: string, value: number, unit: string, limit = ''): Figure {
  return { what, value: `${magnitude(value)} ${unit}`.trimEnd(), limit };
}

function amount(what: string, value: number): Figure {
  return { what, value: money(value), limit: '' };
}

const atMost = (tolerance: number): string => `at most ${magnitude(tolerance)}`;
const ofScale = (tolerance: number): string => `${atMost(tolerance)} of its scale`;

function verdictOf(holds: boolean): 'pass' | 'FAIL' {
  return holds ? 'pass' : 'FAIL';
}
