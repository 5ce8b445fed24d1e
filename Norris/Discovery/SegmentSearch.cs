using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Norris.Discovery;

/// <summary>
/// How nodes on one segment find each other: whoever looks asks the group on each of its links, and whoever is there answers to all, when it is its
/// <see cref="AnswerTurn"/>. What comes of it is addresses to try, a few in each search (<see cref="Candidates"/>). It knows nothing of what is done
/// with them, and believes nothing: datagrams are malformed, forged, repeated or lost, and each is counted or forgotten.
/// </summary>
internal sealed class SegmentSearch : IDisposable
{
    /// <summary>How long a newcomer looks before it begins a network: longer than its last question and the last turn to answer it.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>When a newcomer asks, after it began to look: one datagram, and one answer, may be lost.</summary>
    private static readonly int[] NewcomerAsksAtMs = [0, 150, 450];

    private const int MemberPauseMs = 1_000;
    private const int MemberPauseMsMax = 10_000;

    /// <summary>So many datagrams are read from a link in a period, and no more.</summary>
    private const int HeardInPeriodMax = 500;
    private const int PeriodMs = 100;

    private readonly Lock _gate = new();
    private readonly IPAddress _listening;
    private readonly IPEndPoint _group;
    private readonly ulong _tag;
    private readonly ulong _instance;
    private readonly ushort _port;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly ITimer _timer;
    private readonly Candidates _candidates;
    private readonly List<Place> _places = [];
    private Action<string>? _found;
    private Standing _standing;
    private bool _looksOn;
    private int _asked;
    private long _askAt;
    private long _lookedSince;
    private bool _isDisposed;

    private SegmentSearch(IPEndPoint listening, IPEndPoint group, ulong tag, ulong instance, TimeProvider time, Random random)
    {
        (_listening, _group, _tag, _instance, _time, _random) = (listening.Address, group, tag, instance, time, random);
        _port = (ushort)listening.Port;
        _candidates = new Candidates(instance);
        _timer = time.CreateTimer(static self => ((SegmentSearch)self!).Work(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Datagrams that were none of this protocol's version.</summary>
    public long Malformed { get; private set; }

    /// <summary>Datagrams of networks with another secret, or none.</summary>
    public long OfOthers { get; private set; }

    /// <summary>Questions and answers that this node sent, each counted once for each link.</summary>
    public long Said { get; private set; }

    /// <summary>
    /// Joins the group on every link and asks for the first time; what is answered waits for <see cref="Start"/>.
    /// </summary>
    /// <param name="listening">Where the node listens: one IPv4 address, or all.</param>
    /// <param name="group">Where nodes meet.</param>
    /// <param name="tag">What is common to those who may be in one network; 0 where anybody may.</param>
    /// <param name="instance">This process's own number. Of those that start together the lowest begins the network.</param>
    /// <param name="time">The clock and the timers.</param>
    /// <param name="random">Where turns are drawn from.</param>
    /// <param name="failure">When there is none: why, as the end of a sentence.</param>
    /// <returns>Null when nobody can be asked from here.</returns>
    public static SegmentSearch? TryOpen(
        IPEndPoint listening, IPEndPoint group, ulong tag, ulong instance, TimeProvider time, Random random, out string failure)
    {
        var search = new SegmentSearch(listening, group, tag, instance, time, random);
        if (search.OpenLinks() is { } refused)
        {
            search.Dispose();
            failure = refused;
            return null;
        }
        failure = "";
        return search;
    }

    /// <summary>Begins to hear.</summary>
    /// <param name="found">Told each address that is worth trying, as ADDRESS:PORT; from any thread.</param>
    public void Start(Action<string> found)
    {
        lock (_gate)
        {
            _found = found;
            _lookedSince = Now();
            _askAt = _lookedSince + NewcomerAsksAtMs[1];
            foreach (Place place in _places)
            {
                _ = HearAsync(place);
            }
            SetTimer();
        }
        NetworkChange.NetworkAddressChanged += OnAddressChanged;
    }

    /// <summary>
    /// What the node is by now. A newcomer asks a few times; a member asks only while it <paramref name="looksOn"/>, ever more seldom.
    /// </summary>
    public void Tell(Standing standing, bool looksOn)
    {
        lock (_gate)
        {
            if (_standing == standing && _looksOn == looksOn)
            {
                return;
            }
            if (looksOn && !_looksOn)
            {
                (_asked, _askAt) = (0, Now() + MemberPauseMs);
            }
            (_standing, _looksOn) = (standing, looksOn);
            SetTimer();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        NetworkChange.NetworkAddressChanged -= OnAddressChanged;
        lock (_gate)
        {
            _isDisposed = true;
            _timer.Dispose();
            foreach (Place place in _places)
            {
                place.Link.Dispose();
            }
            _places.Clear();
        }
    }

    /// <summary>Opens the links that there are and asks on each; why nobody can be asked, or null.</summary>
    private string? OpenLinks()
    {
        SocketException? last = null;
        IReadOnlyList<IPAddress> addresses = SegmentLink.AddressesFor(_listening);
        foreach (IPAddress address in addresses)
        {
            try
            {
                var place = new Place(SegmentLink.Open(address, _group), new AnswerTurn(_random, _instance));
                _places.Add(place);
                place.Link.Say(Question);
                Said++;
            }
            catch (SocketException e)
            {
                last = e;
                Remove(address);
            }
        }
        // Where the machine has links to others, hearing itself is not enough.
        bool isAlone = _places.TrueForAll(static place => IPAddress.IsLoopback(place.Link.Address));
        return _places.Count == 0 && last is null ? "no link of this machine has an IPv4 address and multicast"
            : isAlone && last is not null ? $"multicast was refused: {last.Message}"
            : null;
    }

    private SegmentWord Question => Word(_standing.IsMember ? SegmentWordKind.MemberAsks : SegmentWordKind.NewcomerAsks);

    private SegmentWord Word(SegmentWordKind kind) => new(kind, _tag, _instance, _port);

    private async Task HearAsync(Place place)
    {
        // One byte more than a datagram has tells one that is too long from one that fits.
        byte[] buffer = new byte[SegmentWord.Length + 1];
        long periodEnd = 0;
        for (int heard = 0; ; heard++)
        {
            try
            {
                SocketReceiveFromResult received = await place.Link.HearAsync(buffer);
                if (Now() >= periodEnd)
                {
                    (heard, periodEnd) = (0, Now() + PeriodMs);
                }
                else if (heard == HeardInPeriodMax)
                {
                    // Whoever floods the segment costs this node no more than that; the rest is lost in the socket's buffer.
                    await Task.Delay(TimeSpan.FromMilliseconds(PeriodMs), _time);
                }
                if (Heard(place, buffer.AsSpan(0, received.ReceivedBytes), ((IPEndPoint)received.RemoteEndPoint).Address) is { } address)
                {
                    _found?.Invoke(address);
                }
            }
            catch (Exception e) when (e is ObjectDisposedException or SocketException { SocketErrorCode: SocketError.OperationAborted or SocketError.Interrupted })
            {
                return;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.MessageSize)
            {
                lock (_gate)
                {
                    Malformed++;
                }
            }
            catch (SocketException)
            {
                // The link is down, or the machine short of memory: it rests a moment and goes on.
                await Task.Delay(TimeSpan.FromMilliseconds(MemberPauseMs), _time);
            }
        }
    }

    /// <summary>Takes a datagram in; the address that is to be tried now, if it told one.</summary>
    private string? Heard(Place place, ReadOnlySpan<byte> bytes, IPAddress from)
    {
        lock (_gate)
        {
            if (!SegmentWord.TryRead(bytes, out SegmentWord word))
            {
                Malformed++;
                return null;
            }
            if (word.Instance == _instance || _isDisposed)
            {
                return null;
            }
            if (word.Tag != _tag)
            {
                OfOthers++;
                return null;
            }
            if (word.IsQuestion)
            {
                place.Turn.Asked(_standing, Now());
            }
            else
            {
                place.Turn.Heard(word, _standing);
            }
            SetTimer();
            bool isSought = !_standing.IsMember || (_looksOn && word.IsOfMember);
            return isSought && _candidates.TryAdd(word) ? new IPEndPoint(from, word.Port).ToString() : null;
        }
    }

    /// <summary>Says what is due.</summary>
    private void Work()
    {
        lock (_gate)
        {
            if (_isDisposed)
            {
                return;
            }
            long now = Now();
            if (_askAt != 0 && now >= _askAt)
            {
                Ask(now);
            }
            SegmentWord answer = Word(_standing.IsMember ? SegmentWordKind.MemberIsHere : SegmentWordKind.NewcomerIsHere);
            foreach (Place place in _places)
            {
                if (place.Turn.TryTake(now))
                {
                    Say(place, answer);
                }
            }
            SetTimer();
        }
    }

    private void Ask(long now)
    {
        _asked++;
        if (_standing.IsMember)
        {
            _candidates.StartOver();
            _askAt = _looksOn ? now + Math.Min(MemberPauseMsMax, MemberPauseMs << Math.Min(_asked, 4)) : 0;
            if (!_looksOn)
            {
                return;
            }
        }
        else
        {
            _askAt = _asked + 1 < NewcomerAsksAtMs.Length ? _lookedSince + NewcomerAsksAtMs[_asked + 1] : 0;
        }
        foreach (Place place in _places)
        {
            Say(place, Question);
        }
    }

    private void Say(Place place, SegmentWord word)
    {
        try
        {
            place.Link.Say(word);
            Said++;
        }
        catch (SocketException)
        {
            // The link is down or full: as good as lost on the way, and said again when it is asked again.
        }
    }

    /// <summary>An address came or went: a cable was plugged in, or a lease begun.</summary>
    private void OnAddressChanged(object? sender, EventArgs e)
    {
        lock (_gate)
        {
            if (_isDisposed)
            {
                return;
            }
            IReadOnlyList<IPAddress> addresses = SegmentLink.AddressesFor(_listening);
            foreach (Place gone in _places.Where(place => !addresses.Contains(place.Link.Address)).ToArray())
            {
                Remove(gone.Link.Address);
            }
            foreach (IPAddress address in addresses.Where(address => !_places.Exists(place => place.Link.Address.Equals(address))))
            {
                try
                {
                    var place = new Place(SegmentLink.Open(address, _group), new AnswerTurn(_random, _instance));
                    _places.Add(place);
                    _ = HearAsync(place);
                    if (!_standing.IsMember || _looksOn)
                    {
                        Say(place, Question);
                    }
                }
                catch (SocketException)
                {
                    // Without multicast there, it is as if the link were none.
                }
            }
        }
    }

    private void Remove(IPAddress address)
    {
        foreach (Place place in _places.Where(place => place.Link.Address.Equals(address)).ToArray())
        {
            place.Link.Dispose();
            _places.Remove(place);
        }
    }

    private long Now() => (long)_time.GetElapsedTime(0, _time.GetTimestamp()).TotalMilliseconds;

    private void SetTimer()
    {
        long due = _askAt == 0 ? long.MaxValue : _askAt;
        foreach (Place place in _places)
        {
            due = Math.Min(due, place.Turn.DueAt ?? long.MaxValue);
        }
        if (due != long.MaxValue && !_isDisposed)
        {
            _timer.Change(TimeSpan.FromMilliseconds(Math.Max(0, due - Now())), Timeout.InfiniteTimeSpan);
        }
    }

    private sealed record Place(SegmentLink Link, AnswerTurn Turn);
}
