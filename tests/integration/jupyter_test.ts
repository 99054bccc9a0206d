import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** `deno task notebook` with a Jupyter that is a shell script, or none. */
async function openNotebook(args: readonly string[], jupyter: string | null) {
  const folder = await Deno.makeTempDir();
  try {
    if (jupyter !== null) {
      await Deno.writeTextFile(join(folder, "jupyter"), `#!/bin/sh\n${jupyter}`, { mode: 0o755 });
    }
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--quiet", "--no-prompt", "--allow-run", "--allow-read"],
        ...["--allow-env=NO_COLOR,FORCE_COLOR,CLICOLOR_FORCE", join(root, "lib/cli/notebook.ts"), ...args],
      ],
      env: { PATH: folder, NO_COLOR: "1" },
    }).output();
    return { code, stdout: new TextDecoder().decode(stdout), stderr: new TextDecoder().decode(stderr) };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Has Notebook but not Lab, and a kernel that is started with a program. */
const fakeJupyter = (program: string) =>
  `case "$1 $2" in
"lab --version") exit 1 ;;
"notebook --version") echo 6.5 ;;
"kernelspec list") echo '{"kernelspecs": {"deno": {"spec": {"argv": ["${program}", "jupyter"]}}}}' ;;
*) echo "started in $PWD: $*" ;;
esac
`;

Deno.test("notebook says how to install Jupyter where there is none", async () => {
  const { code, stderr } = await openNotebook([], null);
  assert.equal(code, 1);
  assert.match(stderr, /there is no JupyterLab or Jupyter Notebook on the PATH/);
  for (const way of ["pipx", "uv", "pip", "apt", "VS Code"]) assert.match(stderr, new RegExp(way));
});

Deno.test("notebook starts what there is in the notebooks' folder", async () => {
  const { code, stdout } = await openNotebook(["--", "--no-browser"], fakeJupyter(Deno.execPath()));
  assert.equal(code, 0);
  assert.ok(stdout.includes(`started in ${join(root, "notebooks")}: notebook --no-browser`), stdout);
  assert.doesNotMatch(stdout, /--install/);
});

Deno.test("notebook --dry-run says that the kernel would be installed again, and does nothing", async () => {
  const { code, stdout } = await openNotebook(["--dry-run"], fakeJupyter("/gone/deno"));
  assert.equal(code, 0);
  assert.match(stdout, /deno jupyter --install --force\n.*again: \/gone\/deno is gone/);
  assert.match(stdout, /^jupyter notebook$/m);
  assert.doesNotMatch(stdout, /started/);
});

const hasNbconvert = await (async () => {
  try {
    return (await new Deno.Command("jupyter", { args: ["nbconvert", "--version"] }).output()).success;
  } catch {
    return false;
  }
})();

Deno.test({
  name: `plain jupyter nbconvert works too (${
    hasNbconvert ? "on the PATH" : "skipped: there is no jupyter nbconvert on the PATH"
  })`,
  ignore: !hasNbconvert,
  async fn() {
    const folder = await Deno.makeTempDir();
    try {
      const kernel = join(folder, "jupyter/kernels/deno");
      await Deno.mkdir(kernel, { recursive: true });
      const argv = [Deno.execPath(), "jupyter", "--kernel", "--conn", "{connection_file}"];
      await Deno.writeTextFile(
        join(kernel, "kernel.json"),
        JSON.stringify({ argv, display_name: "Deno", language: "typescript" }),
      );
      const { code, stderr } = await new Deno.Command("jupyter", {
        args: [
          ...["nbconvert", "--execute", "--to", "html", "--output-dir", folder],
          join(root, "notebooks/00_quickstart.ipynb"),
        ],
        env: { JUPYTER_PATH: join(folder, "jupyter") },
      }).output();
      assert.equal(code, 0, new TextDecoder().decode(stderr));
      const page = await Deno.readTextFile(join(folder, "00_quickstart.html"));
      assert.match(page, /class="benchbook"/);
      assert.match(page, /<svg[^>]*viewBox/);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
