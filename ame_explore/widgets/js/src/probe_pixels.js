// Small images as numbers: what a learner does to a picture before the models see it.

/** @typedef {{width: number, height: number, data: Float32Array}} Bitmap RGB in 0..255, row by row */
/** @typedef {[number, number, number]} Rgb 0..255 */
/** @typedef {{rotate: number, blur: number, noise: number, share: number}} Changes degrees; pixels; 0..1; of the second image */

/** @type {Changes} */
export const UNCHANGED = { rotate: 0, blur: 0, noise: 0, share: 0.5 };

/** @param {number} width @param {number} height @param {Rgb} ground @returns {Bitmap} */
export function blank(width, height, ground) {
  const data = new Float32Array(3 * width * height);
  for (let i = 0; i < data.length; i++) data[i] = ground[i % 3];
  return { width, height, data };
}

/** @param {ArrayLike<number>} pixels (height, width, 3) @param {number} width @param {number} height @returns {Bitmap} */
export const bitmapOf = (pixels, width, height) => ({ width, height, data: Float32Array.from(pixels) });

/** (1 - share) of one and a share of the other. @param {Bitmap} one @param {Bitmap} other @param {number} share @returns {Bitmap} */
export function blended(one, other, share) {
  return { ...one, data: one.data.map((value, i) => value + share * (other.data[i] - value)) };
}

/** Turned about the centre, bilinear; what comes in from outside is ground. @param {Bitmap} image @param {number} degrees @param {Rgb} ground @returns {Bitmap} */
export function rotated(image, degrees, ground) {
  if (degrees % 360 === 0) return image;
  const { width, height, data } = image;
  const made = blank(width, height, ground);
  const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  const [cx, cy] = [(width - 1) / 2, (height - 1) / 2];
  /** @param {number} x @param {number} y @param {number} c */
  const at = (x, y, c) => (x < 0 || y < 0 || x >= width || y >= height ? ground[c] : data[3 * (y * width + x) + c]);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const fx = cos * (x - cx) + sin * (y - cy) + cx;
      const fy = cos * (y - cy) - sin * (x - cx) + cy;
      const [x0, y0] = [Math.floor(fx), Math.floor(fy)];
      const [u, v] = [fx - x0, fy - y0];
      for (let c = 0; c < 3; c++)
        made.data[3 * (y * width + x) + c] = (1 - v) * ((1 - u) * at(x0, y0, c) + u * at(x0 + 1, y0, c))
          + v * ((1 - u) * at(x0, y0 + 1, c) + u * at(x0 + 1, y0 + 1, c));
    }
  return made;
}

/** A Gaussian blur; the edge's pixels go on beyond it. @param {Bitmap} image @param {number} sigma pixels @returns {Bitmap} */
export function blurred(image, sigma) {
  if (!(sigma > 0)) return image;
  const reach = Math.ceil(3 * sigma);
  const weights = Array.from({ length: 2 * reach + 1 }, (_, i) => Math.exp(-((i - reach) ** 2) / (2 * sigma * sigma)));
  const sum = weights.reduce((a, b) => a + b, 0);
  const { width, height } = image;
  /** @param {Float32Array} data @param {number} dx @param {number} dy */
  const pass = (data, dx, dy) => {
    const made = new Float32Array(data.length);
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++)
        for (let k = -reach; k <= reach; k++) {
          const px = Math.max(0, Math.min(width - 1, x + k * dx));
          const py = Math.max(0, Math.min(height - 1, y + k * dy));
          const weight = weights[k + reach] / sum;
          for (let c = 0; c < 3; c++) made[3 * (y * width + x) + c] += weight * data[3 * (py * width + px) + c];
        }
    return made;
  };
  return { ...image, data: pass(pass(image.data, 1, 0), 0, 1) };
}

/** Grey noise, the same at each call, so that only its strength changes. @param {Bitmap} image @param {number} strength 0..1 @returns {Bitmap} */
export function noisy(image, strength) {
  if (!(strength > 0)) return image;
  let state = 0x9e3779b9;
  const uniform = () => {
    // xorshift32 (Marsaglia 2003)
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 4294967296;
  };
  const data = Float32Array.from(image.data);
  for (let i = 0; i < data.length; i += 3) {
    const by = 255 * strength * (uniform() + uniform() + uniform() - 1.5); // nearly normal, standard deviation 0.5
    for (let c = 0; c < 3; c++) data[i + c] = Math.max(0, Math.min(255, data[i + c] + by));
  }
  return { ...image, data };
}

/** @param {Bitmap} image @param {Bitmap | null} second @param {Changes} changes @param {Rgb} ground @returns {Bitmap} */
export function changed(image, second, changes, ground) {
  const both = second ? blended(image, second, changes.share) : image;
  return noisy(blurred(rotated(both, changes.rotate, ground), changes.blur), changes.noise);
}

/**
 * Strokes over an image: each pixel is the mean of the `scale` x `scale` pixels of the strokes that lie on it.
 * @param {Bitmap} image
 * @param {ArrayLike<number>} strokes RGBA, `scale` times as wide and high
 * @param {number} scale
 * @returns {Bitmap}
 */
export function covered(image, strokes, scale) {
  const { width, height } = image;
  const data = Float32Array.from(image.data);
  const wide = width * scale;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      let opacity = 0;
      const sum = [0, 0, 0];
      for (let v = 0; v < scale; v++)
        for (let u = 0; u < scale; u++) {
          const i = 4 * ((y * scale + v) * wide + x * scale + u);
          const a = strokes[i + 3] / 255;
          if (!a) continue;
          opacity += a;
          for (let c = 0; c < 3; c++) sum[c] += a * strokes[i + c];
        }
      if (!opacity) continue;
      const at = 3 * (y * width + x);
      for (let c = 0; c < 3; c++) data[at + c] = (sum[c] + (scale * scale - opacity) * data[at + c]) / (scale * scale);
    }
  return { ...image, data };
}

/** @param {Bitmap} image */
export const bytesOf = ({ data }) => Uint8ClampedArray.from(data, Math.round);

/** @param {Bitmap} image @returns {import("./messages").GivenProbe} */
export function givenOf(image) {
  const bytes = bytesOf(image);
  let text = "";
  for (let i = 0; i < bytes.length; i += 4096) text += String.fromCharCode(...bytes.subarray(i, i + 4096));
  return { kind: "image", width: image.width, height: image.height, pixels: btoa(text) };
}

/** @param {ArrayLike<number>} rgb */
export const hexOf = (rgb) => `#${[0, 1, 2].map((c) => Math.max(0, Math.min(255, Math.round(rgb[c]))).toString(16).padStart(2, "0")).join("")}`;
