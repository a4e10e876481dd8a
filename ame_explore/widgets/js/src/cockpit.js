// The entry of the cockpit's bundle.

import { widget } from "./channel.js";
import { Lab } from "./lab.js";
import { declare } from "./quantities.js";

export default widget((client, el) => {
  declare(client.model.get("quantities"));
  const lab = new Lab(client);
  el.append(lab.el);
  return lab;
});
