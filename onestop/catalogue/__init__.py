"""Fields and procedures in time: levels, limits, fees, papers, steps, and who offers them."""
