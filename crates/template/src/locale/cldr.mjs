// Writes cldr.txt from the Unicode CLDR. Run it where these packages are installed, with their node_modules as argument:
//   npm install cldr-dates-full@48 cldr-numbers-full@48 cldr-core@48 && node cldr.mjs node_modules > cldr.txt
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const modules = process.argv[2];
const read = (...path) => JSON.parse(readFileSync(join(modules, ...path), 'utf8'));
const locales = `ar bg bn ca cs da de de-AT de-CH el en en-GB en-IN es es-MX et fa fi fr fr-CA fr-CH he hi hr hu id is it ja ko
  lt lv ms nb nl pl pt pt-PT ro ru sk sl sr sv sw ta th tr uk ur vi zh zh-Hant`.split(/\s+/);
const currencies = `USD EUR GBP JPY CNY INR KRW BRL CAD AUD NZD CHF SEK NOK DKK ISK PLN CZK HUF RON BGN TRY RUB UAH ILS MXN ARS CLP
  COP PEN ZAR NGN KES EGP MAD AED SAR THB SGD HKD TWD IDR MYR PHP VND PKR BDT`.split(/\s+/);
const digits = read('cldr-core/supplemental/numberingSystems.json').supplemental.numberingSystems;

console.log(`# Unicode CLDR ${read('cldr-core/package.json').version}, under the Unicode License v3. Written by cldr.mjs.`);
console.log('# tag, months, short months, days (Sunday first), short days, am|pm, digit zero, decimal, group, minus,');
console.log('# primary|secondary|minimum grouping, money, negative money, currency symbols');
for (const tag of locales) {
  const dates = read('cldr-dates-full/main', tag, 'ca-gregorian.json').main[tag].dates.calendars.gregorian;
  const numbers = read('cldr-numbers-full/main', tag, 'numbers.json').main[tag].numbers;
  const names = read('cldr-numbers-full/main', tag, 'currencies.json').main[tag].numbers.currencies;
  const system = numbers.defaultNumberingSystem;
  const symbols = numbers[`symbols-numberSystem-${system}`];
  const [integer] = numbers[`decimalFormats-numberSystem-${system}`].standard.split(';')[0].split('.');
  const groups = integer.split(',').slice(1).map((group) => group.length).reverse();
  const [money, negative] = numbers[`currencyFormats-numberSystem-${system}`].standard.split(';').map((p) => p.replace(/[#0,.]+/, 'n'));
  const days = (width) => ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'].map((day) => dates.days.format[width][day]);
  console.log([
    tag,
    Object.values(dates.months.format.wide).join('|'),
    Object.values(dates.months.format.abbreviated).join('|'),
    days('wide').join('|'),
    days('abbreviated').join('|'),
    `${dates.dayPeriods.format.abbreviated.am}|${dates.dayPeriods.format.abbreviated.pm}`,
    [...digits[system]._digits][0],
    symbols.decimal,
    symbols.group,
    symbols.minusSign,
    `${groups[0] ?? 3}|${groups[1] ?? groups[0] ?? 3}|${numbers.minimumGroupingDigits}`,
    money,
    negative ?? `-${money}`,
    currencies.filter((code) => names[code]?.symbol && names[code].symbol !== code).map((code) => `${code}=${names[code].symbol}`).join(' '),
  ].join('\t'));
}
const fractions = read('cldr-core/supplemental/currencyData.json').supplemental.currencyData.fractions;
console.log(`# decimals that are not 2: ${currencies.filter((c) => fractions[c] && fractions[c]._digits !== '2').map((c) => `${c}=${fractions[c]._digits}`).join(' ')}`);
