"""Makes the figures in this folder by running scipy and statsmodels on inputs drawn here.

    pip install numpy==2.4.6 scipy==1.17.1 statsmodels==0.15.0 && python make.py
"""
import json

import numpy as np
import scipy
import scipy.stats as st
import statsmodels
import statsmodels.api as sm

rng = np.random.default_rng(20101)
n = 200
x1 = np.round(rng.normal(size=n), 4)
x2 = rng.integers(0, 2, n).astype(float)
exposure = np.round(rng.uniform(50, 500, n), 1)
cluster = rng.integers(0, 20, n)
mean = exposure * np.exp(-3 + 0.3 * x1 - 0.4 * x2)
counts = rng.negative_binomial(2, 2 / (2 + mean)).astype(float)
yes = (rng.uniform(size=n) < 1 / (1 + np.exp(0.5 - 0.8 * x1 + 0.6 * x2))).astype(float)
X = sm.add_constant(np.column_stack([x1, x2]))


def told(fit, names=3):
    return {"params": list(np.asarray(fit.params)[:names]), "errors": list(np.asarray(fit.bse)[:names])}


poisson = sm.GLM(counts, X, family=sm.families.Poisson(), exposure=exposure)
logistic = sm.GLM(yes, X, family=sm.families.Binomial())
groups = {"groups": cluster}
nb = sm.NegativeBinomial(counts, X, exposure=exposure).fit(disp=0, method="newton", tol=1e-12, maxiter=200)
# The errors are those of the expected information at the dispersion found, as R's glm.nb has them.
known = sm.GLM(counts, X, family=sm.families.NegativeBinomial(alpha=float(np.asarray(nb.params)[3])), exposure=exposure)
models = {
    "poisson": dict(told(poisson.fit()), logLikelihood=poisson.fit().llf, deviance=poisson.fit().deviance),
    "poisson_robust": told(poisson.fit(cov_type="HC1")),
    "poisson_hc0": told(poisson.fit(cov_type="HC0")),
    "poisson_clustered": told(poisson.fit(cov_type="cluster", cov_kwds=groups)),
    "logistic": dict(told(logistic.fit()), logLikelihood=logistic.fit().llf, deviance=logistic.fit().deviance),
    "logistic_robust": told(logistic.fit(cov_type="HC1")),
    "logistic_clustered": told(logistic.fit(cov_type="cluster", cov_kwds=groups)),
    "negative_binomial": dict(told(nb), errors=told(known.fit())["errors"], logLikelihood=nb.llf, dispersion=float(np.asarray(nb.params)[3])),
}

trends = []
for size in (4, 7, 10, 15, 40):
    for ties in (False, True):
        values = rng.normal(size=size) + 0.1 * np.arange(size)
        values = np.round(values, 0 if ties else 6)
        if len(set(values)) < 2 or (not ties and len(set(values)) < size):
            continue
        tau = st.kendalltau(np.arange(size), values)
        trends.append({
            "values": list(values), "tau": tau.statistic, "slope": st.theilslopes(values)[0],
            # Exact only without ties, as ours; the normal one of Kendall's S has no correction for continuity in scipy.
            "exact": st.kendalltau(np.arange(size), values, method="exact").pvalue if not ties and size <= 10 else None,
        })

gamma = [{"shape": a, "p": p, "quantile": st.gamma.ppf(p, a)}
         for a in (0.05, 0.25, 1, 3, 9.5, 10, 150, 12345.5)
         for p in (1e-6, 0.001, 0.025, 0.3, 0.5, 0.9, 0.975, 0.999)]
student = [{"df": f, "p": p, "quantile": st.t.ppf(p, f)} for f in (1, 2, 3.5, 10, 60, 1e4) for p in (0.95, 0.975, 0.999)]
poisson_cdf = [{"count": k, "mean": m, "probability": st.poisson.cdf(k, m)}
               for k, m in ((0, 0.1), (3, 2.5), (40, 60.0), (1000, 950.0), (100000, 100200.0))]
pvalues = list(np.round(rng.uniform(size=12) ** 3, 6))
adjusted = {"benjamini_hochberg": list(st.false_discovery_control(pvalues)),
            "benjamini_yekutieli": list(st.false_discovery_control(pvalues, method="by"))}

with open("figures.json", "w") as file:
    json.dump({
        "made_by": {"scipy": scipy.__version__, "statsmodels": statsmodels.__version__, "numpy": np.__version__},
        "data": {"x1": list(x1), "x2": list(x2), "exposure": list(exposure),
                 "cluster": [int(c) for c in cluster], "counts": list(counts), "yes": list(yes)},
        "models": models, "trends": trends, "gamma": gamma, "student": student, "poisson": poisson_cdf,
        "pvalues": pvalues, "adjusted": adjusted}, file, indent=0)
