import { afterEach, describe, expect, it, vi } from 'vitest';
import { listenForInterrupt } from '../../command/interrupt.js';
import { caseFolder, finished, startWattshare } from './harness.js';

afterEach(() => vi.restoreAllMocks());

describe('an interrupt', () => {
  it('aborts once, then quits the process with 130', () => {
    const quit = vi.spyOn(process, 'exit').mockImplementation(() => undefined as never);
    const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const interrupt = listenForInterrupt();
    expect(interrupt.signal.aborted).toBe(false);

    process.emit('SIGINT');
    expect(interrupt.signal.aborted).toBe(true);
    expect(quit).not.toHaveBeenCalled();
    expect(said).toHaveBeenCalledOnce();

    process.emit('SIGINT');
    expect(quit).toHaveBeenCalledWith(130);
    interrupt.release();
  });

  it('is left to the system once released', () => {
    const listeners = process.listenerCount('SIGINT');
    const interrupt = listenForInterrupt();
    expect(process.listenerCount('SIGINT')).toBe(listeners + 1);
    interrupt.release();
    expect(process.listenerCount('SIGINT')).toBe(listeners);
  });

  it('stops a run, which then says so and exits 4', async () => {
    // A warning is the sign that the run is under way; the population is large enough to be caught.
    const rows = Array.from({ length: 40_000 }, (_, row) => `p${row},north,1,0,2,0.01,0.1,hello`);
    const header = 'prosumer,community,demand_kw,p_min_kw,p_max_kw,cost_quadratic,cost_linear,note';
    const folder = caseFolder({
      'communities.csv': 'community,bus,price_sensitivity\nnorth,near,40\n',
      'prosumers.csv': `${[header, ...rows].join('\n')}\n`,
    });
    const child = startWattshare('clear', folder);
    child.stderr?.once('data', () => child.kill('SIGINT'));
    const { code, output, errors } = await finished(child);
    expect(errors).toContain('warning');
    expect(errors).toContain('stopping');
    expect(output).toMatch(/status +limit/);
    expect(code).toBe(4);
  });
});
