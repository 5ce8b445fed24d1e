using Norris.Load.Faults;

namespace Norris.Load.Verification;

/// <summary>
/// Judges what observers of one network see while they see it, so that a run may last as long as it likes: everybody the same entries in the
/// same order, no hole but where one is told, nothing twice, each sender's messages in the order in which it sent them, and times that never
/// decrease. The first violation stays. Knows nothing of processes; each observer's lines come from one thread, different observers' from any.
/// </summary>
internal sealed class OrderWatch
{
    private readonly SharedOrder _order = new();
    private readonly Lock _gate = new();
    private readonly List<Watched> _watched = [];
    private readonly HashSet<(int Sender, int Number)> _excused = [];
    private readonly Dictionary<int, (int First, int Last)> _numbers = [];
    private string? _violation;

    /// <summary>The first violation, in one line; null while there is none.</summary>
    public string? Violation => Volatile.Read(ref _violation);

    /// <summary>Begins to watch what an observer sees.</summary>
    /// <param name="name">What it is called in violations.</param>
    public Watched Watch(string name)
    {
        lock (_gate)
        {
            var watched = new Watched(this, name);
            _watched.Add(watched);
            return watched;
        }
    }

    /// <summary>It is not known whether a message was taken: it may be missing, though not everywhere or nowhere in different places.</summary>
    public void Excuse(int sender, int number)
    {
        lock (_gate)
        {
            _excused.Add((sender, number));
        }
    }

    /// <summary>Whether all that a sender said was seen, but for what is excused; the violation in one line if not.</summary>
    /// <param name="sender">The sender.</param>
    /// <param name="said">How many messages it said.</param>
    public string? FindLoss(int sender, int said)
    {
        lock (_gate)
        {
            (int first, int last) = _numbers.GetValueOrDefault(sender, (1, 0));
            foreach (int number in Enumerable.Range(1, first - 1).Concat(Enumerable.Range(last + 1, Math.Max(0, said - last))))
            {
                if (!_excused.Contains((sender, number)))
                {
                    return $"message {number} of sender {sender} was delivered to nobody, of {said} that it said";
                }
            }
            return last > said ? $"sender {sender} said {said} messages and number {last} was delivered" : null;
        }
    }

    private void Report(string violation) => Interlocked.CompareExchange(ref _violation, violation, null);

    private bool AreExcused(int sender, int from, int to)
    {
        lock (_gate)
        {
            return Enumerable.Range(from, Math.Max(0, to - from)).All(number => _excused.Contains((sender, number)));
        }
    }

    private void Note(Dictionary<int, Heard> heard)
    {
        foreach ((int sender, Heard each) in heard)
        {
            (int first, int last) = _numbers.GetValueOrDefault(sender, (each.First, each.Last));
            _numbers[sender] = (Math.Min(first, each.First), Math.Max(last, each.Last));
        }
    }

    /// <summary>What an observer saw of a sender: the first number, the last, and how often it had missed something by then.</summary>
    private readonly record struct Heard(int First, int Last, int Gaps);

    private void Passed()
    {
        lock (_gate)
        {
            _order.Trim(_watched.Where(static each => !each.HasEnded).Select(static each => SharedOrder.PieceOf(each.LastSequence)).DefaultIfEmpty().Min());
        }
    }

    /// <summary>One observer's way along the order.</summary>
    internal sealed class Watched(OrderWatch watch, string name)
    {
        private readonly Dictionary<int, Heard> _heard = [];
        private ulong _last;
        private bool _hasBegun;
        private bool _hasEnded;
        private long _time;
        private bool _mayJump = true;

        /// <summary>The last place that it saw; 0 while it saw none.</summary>
        public ulong LastSequence => Volatile.Read(ref _last);

        /// <summary>Whether it sees nothing more.</summary>
        public bool HasEnded => Volatile.Read(ref _hasEnded);

        /// <summary>How often it was told that it missed something.</summary>
        public int Gaps { get; private set; }

        /// <summary>Takes the next line.</summary>
        public void Take(in Printed line)
        {
            ulong sequence = line.Entry.Sequence;
            if (!line.IsEntry)
            {
                Jump(line);
                return;
            }
            if (_hasBegun && sequence != _last + 1)
            {
                watch.Report($"position {_last + 1}: {name} saw position {sequence} ({line.Entry.Describe()}) right after position {_last}");
            }
            if (line.Entry.TimeTicks < _time)
            {
                watch.Report($"position {sequence}: {name} saw a time {(_time - line.Entry.TimeTicks) / TimeSpan.TicksPerMicrosecond} microseconds before that of the position before");
            }
            if (!watch._order.Agree(line.Entry, out string other))
            {
                watch.Report($"position {sequence}: {name} saw {line.Entry.Describe()}, and somebody else {other}");
            }
            if (line.Entry.Sender >= 0)
            {
                Follow(line.Entry);
            }
            bool isNewPiece = SharedOrder.PieceOf(sequence) != SharedOrder.PieceOf(_last);
            _time = line.Entry.TimeTicks;
            _hasBegun = true;
            Volatile.Write(ref _last, sequence);
            if (isNewPiece)
            {
                watch.Passed();
            }
        }

        /// <summary>It sees nothing more; called once its last line was taken.</summary>
        public void End()
        {
            Volatile.Write(ref _hasEnded, true);
            Settle();
        }

        /// <summary>Adds how far it saw each sender to what is known; to be called while no line comes.</summary>
        public void Settle()
        {
            lock (watch._gate)
            {
                watch.Note(_heard);
            }
        }

        // In the view, or back in it after something was missed: what follows goes on after this place.
        private void Jump(in Printed line)
        {
            if (line.Type == PrintedType.Gap)
            {
                Gaps++;
                _mayJump = true;
            }
            if (_mayJump)
            {
                Volatile.Write(ref _last, line.Entry.Sequence);
                _hasBegun = true;
                _mayJump = false;
            }
            else if (line.Entry.Sequence != _last)
            {
                watch.Report($"position {_last + 1}: {name} goes on after position {line.Entry.Sequence} without a gap");
            }
        }

        private void Follow(in Delivery entry)
        {
            // Who came later begins anywhere in a sender's numbers, and who missed something goes on anywhere after it.
            if (!_heard.TryGetValue(entry.Sender, out Heard heard))
            {
                heard = new Heard(entry.Number, entry.Number - 1, Gaps);
            }
            if (entry.Number != heard.Last + 1
                && (entry.Number <= heard.Last || (heard.Gaps == Gaps && !watch.AreExcused(entry.Sender, heard.Last + 1, entry.Number))))
            {
                watch.Report($"position {entry.Sequence}: {name} saw {entry.Describe()} right after its message {heard.Last}");
            }
            _heard[entry.Sender] = new Heard(heard.First, entry.Number, Gaps);
        }
    }
}
