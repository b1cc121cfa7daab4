# The same methods in R with dplyr: Rscript peer.R FOLDER, with the inputs that statistics-bench wrote there.
#
# PHEindicatormethods and NHSRplotthedots are not in Debian. What is timed here is the work that is at their heart, written
# as they write it (grouped data frames, mutate, summarise, apply over draws), without their checks of arguments and
# without their metadata: they take longer than this.
suppressPackageStartupMessages(library(dplyr))
folder <- commandArgs(TRUE)[1]
read <- function(name) as_tibble(read.csv(file.path(folder, name)))
timed <- function(name, expression) {
  seconds <- min(sapply(1:3, function(i) system.time(force(expression()))[["elapsed"]]))
  cat(sprintf("%s,%.4f\n", name, seconds))
}
byars_lower <- function(x, z) x * (1 - 1 / (9 * x) - z / (3 * sqrt(x)))^3
byars_upper <- function(x, z) (x + 1) * (1 - 1 / (9 * (x + 1)) + z / (3 * sqrt(x + 1)))^3
z <- qnorm(0.975)
cat("name,seconds\n")

dsr <- read("dsr.csv")
timed("dsr_7000_areas_19_bands_2_sexes", function() {
  dsr %>%
    group_by(group) %>%
    mutate(wt_rate = ifelse(is.na(x), 0, x) * stdpop / n, sq_rate = ifelse(is.na(x), 0, x) * (stdpop / n)^2) %>%
    summarise(
      total_count = sum(x, na.rm = TRUE), total_pop = sum(n), value = sum(wt_rate) / sum(stdpop) * 1e5,
      vardsr = 1 / sum(stdpop)^2 * sum(sq_rate),
      lowercl = value + sqrt(vardsr / total_count) * (byars_lower(total_count, z) - total_count) * 1e5,
      uppercl = value + sqrt(vardsr / total_count) * (byars_upper(total_count, z) - total_count) * 1e5) %>%
    mutate(across(c(value, lowercl, uppercl), ~ ifelse(total_count < 10, NA_real_, .x)))
})

life <- read("life.csv")
timed("life_expectancy_7000_areas", function() {
  life %>%
    group_by(group) %>%
    arrange(age, .by_group = TRUE) %>%
    mutate(
      id = row_number(), ni = as.numeric(lead(age) - age), ai = case_when(age == 0 ~ 0.1, TRUE ~ 0.5),
      M = deaths / population, ni = case_when(is.na(ni) ~ 2 / M, TRUE ~ ni),
      q = case_when(deaths <= population / ni / ai ~ M * ni / (1 + M * ni * (1 - ai)), TRUE ~ 1),
      p = 1 - q, l = case_when(id == 1 ~ 1e5, TRUE ~ 1), p1 = lag(p, default = 1),
      l = case_when(id != 1 ~ cumprod(l * p1), TRUE ~ l), d = l - lead(l, default = 0),
      L = case_when(id < 20 ~ ni * (lead(l) + ai * d), TRUE ~ l / M), T = rev(cumsum(rev(L))),
      e = case_when(l == 0 ~ 0, TRUE ~ T / l), s = case_when(d == 0 ~ 0, TRUE ~ q^2 * (1 - q) / deaths),
      s = case_when(id == 20 ~ 4 / (deaths * M^2), TRUE ~ s),
      W = case_when(id < 20 ~ s * l^2 * ((1 - ai) * ni + lead(e))^2, TRUE ~ (l / 2)^2 * s),
      se = sqrt(rev(cumsum(rev(W))) / l^2)) %>%
    ungroup() %>%
    mutate(lower95 = e - z * se, upper95 = e + z * se, lower998 = e - qnorm(0.999) * se,
           upper998 = e + qnorm(0.999) * se)
})

sii <- read("sii.csv")
timed("sii_150_areas_10000_draws", function() {
  lapply(split(sii, sii$group), function(area) {
    a <- area$population / sum(area$population)
    b <- cumsum(a) - a / 2
    m <- rbind(sqrt(a), b * sqrt(a))
    inverse <- solve(m %*% t(m)) %*% m
    draws <- matrix(rnorm(10000 * nrow(area), area$value, area$se), ncol = 10000) * sqrt(a)
    line <- apply(draws, 2, function(y) inverse %*% y)
    slope <- line[2, ]
    ratio <- (line[1, ] + line[2, ]) / line[1, ]
    c(quantile(slope, c(0.025, 0.975, 0.001, 0.999)), quantile(ratio, c(0.025, 0.975, 0.001, 0.999)))
  })
})

one_side <- function(v) {
  padded <- c(rep(0, 6), v)
  vapply(seq_along(v) + 6, function(i) all(padded[[i]] == padded[i - 1:6]) & padded[[i]] != 0, logical(1))
}
trend <- function(y) {
  if (length(y) < 7) return(logical(length(y)))
  c(rep(FALSE, 6), vapply(seq_along(y)[-(1:6)], function(i) {
    d <- sign(diff(y[i - 0:6])) * -1
    all(d == 1) || all(d == -1)
  }, logical(1)))
}
part <- function(v) {
  padded <- c(v, rep(FALSE, 6))
  vapply(seq_along(v), function(i) any(padded[i + 0:6]), logical(1))
}
two_in_three <- function(v, side) {
  v <- c(0, 0, v, 0, 0)
  side <- c(0, 0, side, 0, 0)
  vapply(seq_len(length(v) - 4), function(i) {
    ((sum(v[i + 0:2]) >= 2) & (abs(sum(side[i + 0:2])) == 3)) ||
      ((sum(v[i + 1:3]) >= 2) & (abs(sum(side[i + 1:3])) == 3)) ||
      ((sum(v[i + 2:4]) >= 2) & (abs(sum(side[i + 2:4])) == 3))
  }, logical(1))
}
spc <- read("spc.csv")
timed("control_charts_1000_of_60", function() {
  spc %>%
    group_by(series) %>%
    mutate(
      mean = mean(value), mr = c(NA, abs(diff(value))), amr = mean(mr, na.rm = TRUE),
      mr = case_when(mr < 3.267 * amr ~ mr, TRUE ~ NA_real_), amr = mean(mr, na.rm = TRUE),
      lpl = mean - 2.66 * amr, upl = mean + 2.66 * amr, side = sign(value - mean),
      outside = value > upl | value < lpl,
      close = !outside & (value < mean - 2.66 * 2 / 3 * amr | value > mean + 2.66 * 2 / 3 * amr),
      special = outside | part(one_side(side)) | part(trend(value)) | (close & two_in_three(close, side)))
})

rates <- read("rates.csv")
timed("rates_1000000", function() {
  rates %>%
    mutate(
      value = x / n * 1e5,
      lowercl = if_else(x < 10, qchisq(0.025, 2 * x) / 2, byars_lower(x, z)) / n * 1e5,
      uppercl = if_else(x < 10, qchisq(0.975, 2 * x + 2) / 2, byars_upper(x, z)) / n * 1e5)
})
