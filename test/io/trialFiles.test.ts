import { join } from 'node:path';
import * as arrow from 'apache-arrow';
import { describe, expect, it, test } from 'vitest';
import { CaseError } from '../../engine/base/errors.js';
import { readEvents } from '../../engine/io/trialEvents.js';
import { readProfiles, readTariff } from '../../engine/io/trialTables.js';
import { openScenario } from '../../engine/trial/openScenario.js';
import { bundledCase, playDay } from '../trial/day.js';
import { temporaryFolder, writeFiles } from './temporaryFolder.js';

const theCase = await bundledCase('ieee123');

function fileOf(content: string | Uint8Array, name = 'some.csv'): string {
  const folder = temporaryFolder();
  writeFiles(folder, { [name]: content });
  return join(folder, name);
}

/** The lines of the error. */
async function failure(reading: Promise<unknown>): Promise<string[]> {
  const error: unknown = await reading.catch((reason: unknown) => reason);
  if (!(error instanceof CaseError)) throw new Error(`no error of a case but ${String(error)}`);
  return error.message.split('\n');
}

describe('profiles', () => {
  it('are read by class and interval, in any order; empty columns leave a class to the seed', async () => {
    const text =
      'class,interval,load,solar\nsolar,1,,0.5\nload,0,1.5,\nsolar,0,,0\nload,1,0.5,\nload,2,0,\n';
    const { load, solar } = await readProfiles(fileOf(text));
    expect([...load]).toEqual([['load', Float64Array.of(1.5, 0.5, 0)]]);
    expect([...solar]).toEqual([['solar', Float64Array.of(0, 0.5)]]);
  });

  it('may be Arrow files, with columns left out', async () => {
    const table = new arrow.Table({
      class: arrow.vectorFromArray(['flexible', 'flexible'], new arrow.Utf8()),
      interval: arrow.vectorFromArray([0, 1], new arrow.Int32()),
      load: arrow.vectorFromArray([1, 2], new arrow.Float64()),
    });
    const { load, solar } = await readProfiles(fileOf(arrow.tableToIPC(table, 'file'), 'p.arrow'));
    expect([...load]).toEqual([['flexible', Float64Array.of(1, 2)]]);
    expect(solar.size).toBe(0);
  });

  it('are refused by file, row, column and value, all at once', async () => {
    const text =
      'class,interval,load\nhomes,0,1\nload,0.50,1\nsolar,0,-1\nsolar,1,1\nsolar,1,1\nbattery,0,1\nbattery,2,1\nflexible,0,\nflexible,1,1\n';
    expect(await failure(readProfiles(fileOf(text)))).toEqual([
      'some.csv, row 2, column class, value "homes": not a class; there are load, solar, battery, flexible, generator, devices',
      'some.csv, row 3, column interval, value "0.50": intervals are whole numbers from 0 on',
      'some.csv, row 6, column interval, value "1": there twice of class solar',
      'some.csv: no row for interval 1 of class battery',
      'some.csv, row 9, column load, value "": a number is needed',
    ]);
    const negative = 'class,interval,load\nsolar,0,-1.0\n';
    expect(await failure(readProfiles(fileOf(negative)))).toEqual([
      'some.csv, row 2, column load, value "-1.0": must not be negative',
    ]);
  });
});

describe('a tariff', () => {
  it('is read in the order of its intervals', async () => {
    const text = 'interval,grid_buy,grid_sell\n1,0.2,-0.1\n0,0.3,0.1\n';
    expect(await readTariff(fileOf(text))).toEqual({
      gridBuy: Float64Array.of(0.3, 0.2),
      gridSell: Float64Array.of(0.1, -0.1),
    });
  });

  it('is refused by file, row, column and value', async () => {
    const text =
      'interval,grid_buy,grid_sell\n0,0.10,0.2\n1,,0.1\n2,0.2,1e16\n-1,0.2,0.1\n4,x,0.1\n';
    expect(await failure(readTariff(fileOf(text)))).toEqual([
      'some.csv, row 6, column grid_buy, value "x": not a number',
      'some.csv, row 2, column grid_buy, value "0.10": below grid_sell, which is 0.2',
      'some.csv, row 3, column grid_buy, value "": a number is needed',
      'some.csv, row 4, column grid_sell, value "1e16": an absurd magnitude: beyond 1e15',
      'some.csv, row 5, column interval, value "-1": intervals are whole numbers from 0 on',
    ]);
    const gap = 'interval,grid_buy,grid_sell\n0,0.2,0.1\n2,0.2,0.1\n';
    expect(await failure(readTariff(fileOf(gap)))).toEqual(['some.csv: no row for interval 1']);
    const header = 'interval,grid_buy,grid_sell\n';
    expect(await failure(readTariff(fileOf(header)))).toEqual([
      'some.csv: no rows; at least one is needed',
    ]);
  });
});

describe('events', () => {
  const TEXT =
    'interval,event,from,to,bus,value\n' +
    '3,shunt,,,83,0\n' +
    '1,open,101,105,,\n' +
    '1,close,300,151,,\n' +
    '2,root_voltage,,,,1.01\n' +
    '3,ratio,160,160r,,1.02\n';

  it('are operations in the order of their intervals, branches of one interval together', async () => {
    const events = await readEvents(fileOf(TEXT), theCase);
    expect(events.map(({ interval, operation }) => [interval, operation.label])).toEqual([
      [1, 'branch 101-105 opened, branch 151-300 closed'],
      [2, 'root voltage 1.01 pu'],
      [3, 'shunt of 0 kvar at 83'],
      [3, 'ratio 1.02 at branch 160-160r'],
    ]);
  });

  it('take the place of those of the seed, and leave a valid network', async () => {
    const events = await readEvents(fileOf(TEXT), theCase);
    const scenario = openScenario(theCase, { events, intervals: 5, vehicleShare: 0 });
    const day = playDay(scenario);
    const closed = ({ branches }: typeof theCase): number =>
      branches.closed.reduce((sum, value) => sum + value, 0);
    expect(closed(day[4].theCase)).toBe(closed(theCase));
    expect(day[4].theCase.branches.closed).not.toEqual(theCase.branches.closed);
    expect(day[1].theCase.settings.rootVoltagePu).toBe(1);
    expect(day[2].theCase.settings.rootVoltagePu).toBe(1.01);
    expect(day.map(({ plan }) => plan.operations.length)).toEqual([0, 1, 1, 2, 0]);
  });

  it('are refused by file, row, column and value', async () => {
    const text =
      'interval,event,from,to,bus,value\n' +
      '0,explode,,,,\n' +
      '1.5,open,101,105,,\n' +
      '1,open,101,150,,\n' +
      '1,close,,105,,\n' +
      '2,shunt,,,nowhere,5\n' +
      '2,ratio,160,160r,,\n' +
      '3,open,101,105,,\n' +
      '3,close,105,101,,\n';
    expect(await failure(readEvents(fileOf(text), theCase))).toEqual([
      'some.csv, row 2, column event, value "explode": not an event; there are open, close, ratio, shunt, root_voltage',
      'some.csv, row 3, column interval, value "1.5": intervals are whole numbers from 0 on',
      'some.csv, row 4, column to, value "150": no branch joins 101 to it',
      'some.csv, row 5, column to, value "105": no branch joins nothing to it',
      'some.csv, row 6, column bus, value "nowhere": not an id of buses',
      'some.csv, row 7, column value, value "": a number is needed',
      'some.csv, row 9, column interval, value "3": the branch is switched twice in it',
    ]);
  });
});

test('a file that is not there, or no table by its name, is refused', async () => {
  const missing = join(temporaryFolder(), 'none.csv');
  expect(await failure(readTariff(missing))).toEqual([expect.stringMatching(/^none\.csv: /)]);
  expect(await failure(readTariff(fileOf('', 'prices.txt')))).toEqual([
    'prices.txt: the name of a table ends in .csv or .arrow',
  ]);
  expect(await failure(readTariff(fileOf('interval,grid_buy\n0,1\n')))).toEqual([
    'some.csv, row 1, column grid_sell: a required column is missing',
  ]);
});
