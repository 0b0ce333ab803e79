# For those who are used to make; everything is done by bin/pantau, bin/test and bin/pin.
.DEFAULT_GOAL := help
.PHONY: help demo test fast real pin

help: ## Say what there is
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 8

demo: ## A simulated working day on the live page
	bin/pantau demo

test: ## Style, types, import direction and all tests that need no real data
	bin/test

fast: ## The same without slow tests and without a browser
	bin/test --fast

real: ## The same with the real data sets (PANTAU_DATA, by default ../shared/data)
	bin/test --real

pin: ## Pin the requirements anew (needs uv)
	bin/pin
