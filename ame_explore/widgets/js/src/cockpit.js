// The entry of the cockpit's bundle.

import { widget } from "./channel.js";
import { Lab } from "./lab.js";

export default widget((client, el) => {
  const lab = new Lab(client);
  el.append(lab.el);
  return lab;
});
