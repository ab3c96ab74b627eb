import Generated from "../ours/build/index.js";
import { hostOf, pathOf, read } from "./records.js";

const { hold, render } = Generated.prototype;
const known = new Set();

export default {
  fetch(request, env) {
    const url = request.url;
    const path = pathOf(url);
    if (known.has(path)) return render(url);
    const host = hostOf(url);
    return read(env, host, path).then(({ hostText, pageText }) => {
      const record = JSON.parse(hostText);
      hold(`host/${host.split(":")[0]}`, hostText);
      hold(`page/${record.site}/${record.content.routes.exact[path].page}`, pageText);
      known.add(path);
      return render(url);
    });
  },
};
