/** What a certificate asks (docs/model.md section 6). Every figure is compared with exactly one of these. */

/** $/h a prosumer may gain, relative to the size of what it pays and spends, at least 1 $/h. */
export const GAIN_TOLERANCE = 1e-9;

/** kW an output may differ from the answer to its price, relative to its size, at least 1 kW. */
export const ANSWER_TOLERANCE = 1e-9;

/** kW by which reported purchases and imports may differ from what they sum to, relative. */
export const BALANCE_TOLERANCE = 1e-9;

/** kW a community may import in `local`, relative to what its prosumers trade and 1 kW together. */
export const LOCAL_BALANCE_TOLERANCE = 1e-6;

/** $/kWh by which a price may leave its caps: rounding only. */
export const PRICE_TOLERANCE = 1e-12;

export const VOLTAGE_TOLERANCE_PU = 1e-6;

/** Reported flows and currents against the power flow, relative to base_kva. */
export const FLOW_TOLERANCE = 1e-6;

/** Reported costs and bids against what they follow from, relative to their size, at least 1. */
export const REPORTED_TOLERANCE = 1e-9;

/** Currents and exchange with the grid, relative to their limits. */
export const LIMIT_TOLERANCE = 1e-6;

/** An exchange with the grid is measured against at least so much: a limit of zero can be kept, too. */
export const SMALLEST_EXCHANGE_KW = 1;

/** kvar outside a community's range, relative to the range's size, at least 1 kvar. */
export const REACTIVE_TOLERANCE = 1e-6;

export const MISMATCH_TOLERANCE_PU = 1e-9;

/**
 * What an operator bound to revenue adequacy may lack, relative to the cost of its exchange with the grid, at
 * least 1 $/h: as much as the gap of an optimum, for both are settled by the same search.
 */
export const REVENUE_TOLERANCE = 1e-6;

/** Money that is paid and received must agree to rounding, relative to what changes hands. */
export const MONEY_TOLERANCE = 1e-9;
