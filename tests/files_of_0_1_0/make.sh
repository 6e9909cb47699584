#!/bin/sh
# The commands by which callguard 0.1.0 wrote the files here, on 1 December 2026. Plans name their
# registry and their reports by absolute path, hence the folder.
set -eu
mkdir /tmp/callguard-files-of-0.1.0 && cd /tmp/callguard-files-of-0.1.0
kept="--journal journal.db --head head.json"

callguard registry key registry.key
callguard registry simulate feed.csv --rows 300 --seed 8 --documents --rings 5% --reports 12
head -7 feed.reports.csv > reports.csv
(head -1 feed.reports.csv; tail -6 feed.reports.csv) > reports-2.csv
callguard registry build feed.csv --key-file registry.key --output registry
(head -1 feed.csv; sed -n '20,40p' feed.csv) > delta.csv
callguard registry update delta.csv --key-file registry.key --registry registry
(head -1 feed.csv; sed -n '50,60p' feed.csv) > delta-2.csv # folded in by the tests only

for plan in plan plan-2; do
    reports=reports${plan#plan}.csv
    callguard takedown plan --reports $reports --registry registry --output $plan \
        --journal journal.db --no-default-protected
    callguard takedown approve $plan --by "Chen Wei" $kept
    callguard takedown approve $plan --by "Zhao Min" $kept
    test $plan = plan && callguard takedown issue $plan $kept # plan-2 is approved and not issued
done

# answers.csv was written by hand: two orders executed, one refused, one acknowledged.
callguard takedown acknowledge answers.csv --by "Zhao Min" $kept
callguard takedown restore f647abf981a97640118fb3767c9e284d --by "Chen Wei" \
    --reason "the holder came in person" --ground appeal --output restored $kept
callguard takedown status --journal journal.db --json > status.json
callguard takedown export-list taken_down.txt --journal journal.db
