/* Takeover and fencing; "The model" in Norris/README.md says what is left out, and scripts/model runs it: N nodes, EPOCHS, MESSAGES,
   CRASHES, FREEZES, and RULE (Continue or Majority). A log is a number, four bits an entry, the oldest lowest; an entry is the reign that
   it was appended in. Node 0 is the most senior and reigns first. What a node sent may arrive at any time, even when it is dead. */
mtype = { Following, TakingOver, Hosting, Left, Gone, Continue, Majority,                /* roles, partition rules, and WRONG ones: */
  Nothing, TrustsItsOwnTail, TakesEveryTail, AcceptsTheOldEpoch, ForgetsItsPromise, ShowsAtOnce, NeverRenews, CountsOldEntries,
  DeadLeaveTheCount };
mtype role[N] = Following;
byte promised[N] = 1, bound[N], length[N] = 1, delivered[N] = 1, acked[N], promises[N], silent[N], view[16];
byte asleep = N, gone, messages, freezes;
int log[N];

#if N == 3
#define Each(op, P)      (P(0) op P(1) op P(2))
#elif N == 4
#define Each(op, P)      (P(0) op P(1) op P(2) op P(3))
#else
#define Each(op, P)      (P(0) op P(1) op P(2) op P(3) op P(4))
#endif
#define EachEntry(P, x)  (P(0, x) && P(1, x) && P(2, x) && P(3, x) && P(4, x) && P(5, x) && P(6, x))
#define In(j, set)       (((set) >> (j)) & 1)
#define Count(set)       (In(0, set) + In(1, set) + In(2, set) + In(3, set) + In(4, set))
#define Reign(n, host)   (((n) - 1) * N + (host))
#define Entry(i, k)      ((log[i] >> (4 * (k))) & 15)
#define Last(i)          Entry(i, length[i] - 1)
#define View(i)          view[Last(i)]
#define Position(i)      (Last(i) / N * 16 + length[i])                         /* epoch first, then sequence number */
#define Same(i, j, m)    (((log[i] ^ log[j]) & ((1 << (4 * (m))) - 1)) == 0)    /* equal digests after m entries */
#define Has(j, m)        (length[j] >= (m) && length[i] >= (m) && Same(i, j, m))
#define HasAcked(j, m)   (acked[j] / 16 == Last(i) && acked[j] % 16 >= (m))     /* j told host i so in this reign */
#define Append(i, entry) log[i] = log[i] | ((entry) << (4 * length[i])); length[i]++
#define Become(i, what)  role[i] = what; promises[i] = 0; silent[i] = 0
#define Stand(i, n)      Become(i, TakingOver); promised[i] = n; bound[i] = i; promises[i] = 1 << i
#define Promise          if :: WRONG != ForgetsItsPromise -> Become(j, Following); promised[j] = promised[i]; bound[j] = i :: else fi
#define Awake(j)         (role[j] != Gone && asleep != j)
#define HostIsHeard(j)   (Awake(j) && role[j] == Hosting)
#define LaterHost(j)     (HostIsHeard(j) && promised[j] > promised[i])
#define BoundLater(j)    (Awake(j) && role[j] == Following && In(j, View(i)) && promised[j] > promised[i] && WRONG != NeverRenews)
#define IsStanding(j)    (Awake(j) && role[j] == TakingOver && promised[j] == promised[i])
/* Sounding. With the rule Majority anybody may be deaf to anybody at any time; else everybody who is awake answers. */
#define MayStand         (RULE == Majority || (role[i] == Hosting -> !Each(||, LaterHost) && Each(||, BoundLater) : \
                                               role[i] == Following && !Each(||, HostIsHeard) && !IsStanding(bound[i])))
#define IsAsked(j)       (RULE == Majority || In(j, View(i)))
#define Answered(j)      (RULE == Majority || !In(j, View(i)) || In(j, promises[i] | silent[i] | gone))
#define IsOutside(j)     (role[j] == Left || !In(i, View(j)))
#define IsCandidate      (Awake(i) && role[i] == TakingOver && IsAsked(j) && !In(j, promises[i] | silent[i]))
#define IsAhead(k)       (In(k, promises[i]) && Awake(k) && Position(k) > Position(i) && WRONG != TrustsItsOwnTail)
#define IsNoFurther(k)   (!In(k, promises[i]) || !Awake(k) || Position(k) <= Position(j))
#define HasAllAnswers    (Awake(i) && role[i] == TakingOver && Each(&&, Answered))
#define IsLongest        (RULE == Continue && HasAllAnswers && IsAhead(j) && Each(&&, IsNoFurther))
#define Take             assert(Same(i, j, Common(i))); log[i] = log[j]; length[i] = length[j]
#define Counts(j)        ((In(j, promises[i]) && (Position(j) <= Position(i) || RULE == Majority || WRONG == TrustsItsOwnTail)) << j)
#define IsOnItsWay       (bound[i] == i && role[i] != Gone && role[i] != Left && Awake(j) && !IsOutside(j) && promised[j] < promised[i])
#define IsServed         (Awake(j) && role[j] == Following && In(j, View(i)) && ((bound[j] == i && Last(i) == Reign(promised[j], i)) || \
                          (WRONG == AcceptsTheOldEpoch && Last(i) % N == i && Last(i) == Last(j))))
/* Majority: more than half of the view, or everybody who is not certainly dead. More than half of those is not enough. */
#define Enough(v, set)   ((v & ~(set) & ~gone) == 0 || 2 * Count(v & (set)) > \
                          (WRONG == DeadLeaveTheCount -> Count(v & ~(gone & ~(set))) : Count(v)))
#define EnoughAt(k, set) (k < delivered[i] - 1 || k >= length[i] || Enough(view[Entry(i, k)], set))
#define Quorum(set)      (RULE == Continue || EachEntry(EnoughAt, set))         /* of every view since the last committed entry */
#define IsShown          (HasAcked(j, delivered[i] + 1) || View(i) == 1 << i || WRONG == ShowsAtOnce)
#define Committable      (WRONG == CountsOldEntries -> delivered[i] + 1 : length[i])   /* never older entries alone */
#define Holder(j)        ((j == i || HasAcked(j, Committable)) << j)
#define Common(j)        (RULE == Majority -> delivered[j] : length[j])         /* the part that must agree */
/* What is checked. Nobody alive has delivered what a later host lacks; after a freeze and a crash, nobody who promised has. */
#define IsUnused(j)      (view[Reign(promised[i], j)] == 0 || role[j] == Gone)
#define IsPrefix(j)      (delivered[j] <= length[i] && Same(i, j, delivered[j]))
#define IsKept(j)        (role[j] == Gone || Entry(j, delivered[j] - 1) >= Reign(promised[i], 0) || IsPrefix(j) || \
                          (RULE == Continue && gone && freezes && !(In(j, promises[i]) && bound[j] == i)))
#define IsOut(j)         (role[j] == Gone || role[j] == Left)
#define IsUsedUp(j)      (promised[j] == EPOCHS)
#define IsSettled(j)     (IsOut(j) || (HostIsHeard(bound[j]) && length[j] == length[bound[j]]))

proctype Node(byte i) {                                        /* what node i does by itself */
end: do
  :: d_step { HostIsHeard(i) && messages < MESSAGES -> messages++; Append(i, Last(i)) }
  :: d_step { role[i] != Gone && Count(gone) < CRASHES ->
       Become(i, Gone); gone = gone | (1 << i); promised[i] = 0; bound[i] = 0; asleep = (asleep == i -> N : asleep) }
  :: d_step { Awake(i) && asleep == N && freezes < FREEZES -> freezes++; asleep = i }
  :: d_step { asleep == i -> asleep = N }
  :: d_step { Awake(i) && role[i] != Left && promised[i] < EPOCHS && MayStand -> Stand(i, promised[i] + 1) }
  :: d_step { HasAllAnswers && (RULE == Majority || !Each(||, IsAhead)) && Quorum(promises[i]) ->
       promises[i] = Each(|, Counts) & View(i);
       assert(Each(&&, IsUnused));                             /* one host an epoch */
       assert(Each(&&, IsKept));                               /* what was delivered is in the log of every later host */
       view[Reign(promised[i], i)] = promises[i]; Append(i, Reign(promised[i], i)); Become(i, Hosting) }
  :: d_step { RULE == Majority && HostIsHeard(i) && delivered[i] < length[i] && Quorum(Each(|, Holder)) -> delivered[i] = Committable }
  od
}

proctype Pair(byte i, j) {                                     /* what node i does to node j */
end: do
  :: d_step { IsOnItsWay -> Promise }                          /* the request comes late, or the answer is lost */
  :: d_step { IsCandidate && asleep == j -> silent[i] = silent[i] | (1 << j) }
  :: d_step { IsCandidate && Awake(j) && IsOutside(j) ->       /* j is joining, or answers NotAMember */
       if :: role[j] == Left -> silent[i] = silent[i] | (1 << j)
          :: else -> Become(i, (RULE == Majority -> Following : Left)) fi }
  :: d_step { IsCandidate && Awake(j) && !IsOutside(j) && (promised[j] < promised[i] || bound[j] == i) ->
       Promise; promises[i] = promises[i] | (1 << j);
       if :: (RULE == Majority || WRONG == TakesEveryTail) && IsAhead(j) -> Take :: else fi }
  :: d_step { IsLongest && bound[j] == i -> Take }
  :: d_step { ((IsCandidate && Awake(j) && !IsOutside(j)) || IsLongest) && promised[j] >= promised[i] && bound[j] != i ->
       /* PromisedElsewhere */
       if :: bound[j] < i || HostIsHeard(bound[j]) || promised[j] == EPOCHS -> Become(i, Following)
          :: else -> Stand(i, promised[j] + 1) fi }
  :: d_step { IsServed && !Has(j, length[i]) ->
       assert(Same(i, j, Common(j)));                          /* so whoever delivers "epoch started" delivered the same before */
       if :: Same(i, j, length[j]) -> Append(j, Entry(i, length[j]))
          :: else -> length[j] = delivered[j]; log[j] = log[j] & ((1 << (4 * length[j])) - 1) fi;       /* Diverged */
       acked[j] = Last(i) * 16 + length[j]; delivered[j] = (RULE == Majority -> delivered[j] : length[j]) }
  :: d_step { RULE == Majority && IsServed && delivered[j] < delivered[i] && Has(j, delivered[i]) -> delivered[j] = delivered[i] }
  :: d_step { RULE == Continue && HostIsHeard(i) && delivered[i] < length[i] && IsShown -> delivered[i]++ }
  :: d_step { RULE == Continue && HostIsHeard(i) && Awake(j) && role[j] != Left && !In(j, View(i)) && promised[j] <= promised[i] ->
       Become(j, Left) }                                       /* fenced: j joins again */
  od
}

init {
  byte i, j;
  atomic { view[0] = (1 << N) - 1; role[0] = Hosting;
    for (i : 0 .. N - 1) { run Node(i); for (j : 0 .. N - 1) { if :: i != j -> run Pair(i, j) :: else fi } } i = 0; j = 0 }
end: timeout -> assert((Each(||, HostIsHeard) && Each(&&, IsSettled)) || Each(||, IsUsedUp) || Each(&&, IsOut)) /* nobody is stuck */
}
