"""The kernel that the kit starts: of ``journeykit lab``, and of a run that cannot fork."""

# To be started with PYTHONSAFEPATH, which those that a notebook starts do not inherit. What lies
# beside a notebook can be imported and takes no library's place, neither now nor later.
# jsonschema, and so Altair, would build 38 grammars for addresses that nobody checks here.
KERNEL = (
    "import os, sys; os.environ.pop('PYTHONSAFEPATH', 0); sys.path.append(''); "
    "sys.modules['rfc3987_syntax'] = None; "
    "from ipykernel import kernelapp; kernelapp.launch_new_instance()"
)
"""The code of a kernel that looks into its own folder last."""
