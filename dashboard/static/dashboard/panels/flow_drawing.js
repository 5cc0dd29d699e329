// The drawing of a flow: a bar of delta for each bucket, up from the middle or down, and their sum as a line. The table
// below it says the same.

const MIDDLE = 50;
// Half of the height, less what the stroke of the line needs.
const REACH = 48;
const GAP = 0.15;

// Into the paths of `fields`; the newest bucket is the last of `places`.
export function draw({ bought, sold, sum }, buckets, places) {
  const deltas = buckets.map(({ delta }) => Number(delta));
  const sums = buckets.map(({ cvd }) => Number(cvd));
  const first = places - buckets.length;
  const most = Math.max(...deltas.map(Math.abs));
  const bars = deltas.map((delta, i) => ({ x: first + i, height: most ? (REACH * delta) / most : 0 }));
  path(bought, bars.filter(({ height }) => height > 0).map(bar).join(""));
  path(sold, bars.filter(({ height }) => height < 0).map(bar).join(""));
  path(sum, line(sums, first));
}

const bar = ({ x, height }) => `M${x + GAP} ${MIDDLE}V${(MIDDLE - height).toFixed(1)}H${x + 1 - GAP}V${MIDDLE}Z`;

// Zero is in the middle here too.
function line(sums, first) {
  const most = Math.max(...sums.map(Math.abs)) || 1;
  const points = sums.map((each, i) => `${first + i + 0.5} ${(MIDDLE - (REACH * each) / most).toFixed(1)}`);
  return points.length ? `M${points.join("L")}` : "";
}

function path(element, text) {
  if (element.getAttribute("d") !== text) element.setAttribute("d", text);
}
