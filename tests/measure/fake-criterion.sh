#!/bin/sh
# Behaves like a criterion executable as far as benchgate looks. Beside it lie files that steer it:
#   NAME.list    its benchmarks, one a line, each with its time in nanoseconds
#   NAME.sleep   how long a run takes, in seconds
#   NAME.fail    benchmarks that panic
#   NAME.empty   benchmarks that leave no samples
#   NAME.cut     if it exists, long names are cut where they are listed, as criterion does it
#   NAME.log     gets a line for every run, NAME.env the environment
list= exact= filter= seconds=
while [ $# -gt 0 ]; do
    case $1 in
        --list) list=1 ;;
        --exact) exact=1 ;;
        --sample-size | --warm-up-time | --nresamples) shift ;;
        --measurement-time) shift; seconds=$1 ;;
        --bench | --noplot | --) ;;
        -*) echo "error: unexpected argument $1" >&2; exit 2 ;;
        *) filter=$1 ;;
    esac
    shift
done
env > "$0.env"
echo "::set-output name=evil::yes"
echo "##[error]evil" >&2
while read -r name time; do
    case $filter in
        ^*) case $name in "${filter#^}"*) ;; *) continue ;; esac ;;
        ?*) if [ "$name" != "$filter" ]; then continue; fi ;;
    esac
    if [ -n "$list" ] && [ -f "$0.cut" ] && [ ${#name} -gt 100 ]; then
        printf '%.100s...: benchmark\n' "$name"
        continue
    fi
    if [ -n "$list" ]; then echo "$name: benchmark"; continue; fi
    if grep -qxF "$name" "$0.fail" 2> /dev/null; then
        echo "thread 'main' panicked at benches/fake.rs: $name" >&2
        exit 101
    fi
    [ -f "$0.sleep" ] && sleep "$(cat "$0.sleep")"
    echo "$name" >> "$0.log"
    dir=$CRITERION_HOME/$name/new
    mkdir -p "$dir"
    awk -v time="$time" -v seed="$((($(date +%s%N) / 1000 + $$ * 7919) % 1000000007))" 'BEGIN {
        srand(seed); drift = 1 + 0.01 * rand()
        for (i = 1; i <= 10; i++) {
            iters = iters (i > 1 ? "," : "") i
            times = times (i > 1 ? "," : "") sprintf("%.3f", i * time * drift * (1 + 0.01 * rand()))
        }
        printf "{\"sampling_mode\":\"Linear\",\"iters\":[%s],\"times\":[%s]}", iters, times
    }' > "$dir/sample.json"
    if grep -qxF "$name" "$0.empty" 2> /dev/null; then
        echo '{"sampling_mode":"Linear","iters":[],"times":[]}' > "$dir/sample.json"
    fi
    printf '{"group_id":"%s","full_id":"%s","directory_name":"%s"}' "$name" "$name" "$name" > "$dir/benchmark.json"
done < "$0.list"
