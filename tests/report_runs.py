"""The runs of params.yaml as the report sees them: all of them, and a few of each family."""

from hw2.report.sources import RunNames, split_adapt

METHODS = ("source_only", "dann", "target_only")
FACES = {  # run: the systems that it stands for
    "dcgan_plain": ["000 A"],
    "dcgan": ["000 B", "001 A"],
    "dcgan_smoothed": ["002 A"],
    "dcgan_wide": ["004 A"],
    "wgan_clip": ["004 B"],
    "wgan_gp": ["002 B"],
    "sagan": ["001 B"],
    "stylegan2": ["003"],
}
DIFFUSION = {
    "attention_unet": ["000"],
    "attention_unet_deep": ["001"],
    "residual_unet": ["002"],
    "context_unet": ["004"],
}
NETS = {
    "conv_wide": ["000"],
    "conv_bn": ["001"],
    "vgg": ["002"],
    "lenet_gap": ["004"],
    "conv_mlp": ["003"],
    "dsn": ["003"],
}
OTHERS = ("mnistm_svhn", "mnistm_usps")
THREE = ("svhn_mnistm", "mnistm_usps", "usps_svhn")  # of report 003
ADAPT = [
    f"{pair}-{net}-{method}"
    for net in list(NETS)[:-1]
    for pair in (THREE if net == "conv_mlp" else OTHERS)
    for method in METHODS
] + [f"{pair}-dsn-dsn" for pair in THREE]
EVERYTHING = RunNames(
    gan=[*FACES, "acgan"],
    diffusion=list(DIFFUSION),
    adapt=ADAPT,
    embed=[run for run in ADAPT if split_adapt(run)[2] in ("dann", "dsn")],
    compared=["context_unet"],
    truncated=["stylegan2"],
)
# A few runs of each family, for what does not need all of them.
RUNS = RunNames(
    gan=["dcgan_wide", "acgan"],
    diffusion=["context_unet"],
    adapt=[f"{pair}-conv_bn-{method}" for pair in OTHERS for method in METHODS],
    embed=[f"{pair}-conv_bn-dann" for pair in OTHERS],
    compared=["context_unet"],
)
