using System.Buffers;
using Norris.Protocol.Membership;

namespace Norris.Protocol.Ordering;

/// <summary>
/// What this node and its guests submitted and have not seen in the log yet, encoded once. Each entry stays until it is ordered,
/// whatever happens to connections and hosts meanwhile: after a doubtful exchange it is simply sent again, and its number makes that
/// exactly once (P4).
/// </summary>
internal sealed class Outbox
{
    /// <summary>Entries of one submission end when they reach this many bytes.</summary>
    public const int SubmissionBytesMax = 256 * 1024;

    private readonly Dictionary<MemberId, Author> _authors = [];
    private readonly int _bytesMax;
    private Item[] _ring = new Item[256];
    private long _head;
    private long _unsent;
    private long _tail;

    /// <param name="bytesMax">The most that may wait; beyond, submitters wait or are told to come back.</param>
    public Outbox(int bytesMax) => _bytesMax = bytesMax;

    /// <summary>Bytes of what waits to be ordered.</summary>
    public long Bytes { get; private set; }

    /// <summary>How many entries wait to be ordered.</summary>
    public int Count { get; private set; }

    /// <summary>True when nothing more is taken until something was ordered.</summary>
    public bool IsFull => Bytes >= _bytesMax;

    /// <summary>True when something has not been sent, or is to be sent again.</summary>
    public bool HasUnsent => _unsent < _tail;

    /// <summary>Starts counting for an author: its next entry gets the number after <paramref name="lastNumber"/>.</summary>
    public void AddAuthor(MemberId id, ulong lastNumber) => _authors[id] = new Author { LastNumber = lastNumber };

    /// <summary>Whether entries of this author are kept here.</summary>
    public bool HasAuthor(MemberId id) => _authors.ContainsKey(id);

    /// <summary>The number that the author's next entry gets.</summary>
    public ulong NextNumber(MemberId id) => _authors[id].LastNumber + 1;

    /// <summary>The lowest number of the author's that waits; 0 when none does.</summary>
    public ulong FirstWaiting(MemberId id) => _authors[id].Oldest is long oldest and >= 0 ? At(oldest).Number : 0;

    /// <summary>The highest number of the author's that was ever taken to be sent; 0 when none was.</summary>
    public ulong LastSent(MemberId id) => _authors[id].LastSent;

    /// <summary>Keeps an encoded entry that carries the author's next number. The bytes are copied.</summary>
    public void Add(MemberId authorId, ReadOnlySpan<byte> entry)
    {
        Author author = _authors[authorId];
        author.LastNumber++;
        if (_tail - _head == _ring.Length)
        {
            Grow();
        }
        byte[] bytes = ArrayPool<byte>.Shared.Rent(entry.Length);
        entry.CopyTo(bytes);
        ref Item item = ref At(_tail);
        item = new Item { Author = author, Number = author.LastNumber, Bytes = bytes, Length = entry.Length, NextOfAuthor = -1, SubmittedAt = new Entry(entry).Time };
        if (author.Oldest >= 0)
        {
            At(author.Newest).NextOfAuthor = _tail;
        }
        else
        {
            author.Oldest = _tail;
        }
        author.Newest = _tail;
        _tail++;
        Bytes += entry.Length;
        Count++;
    }

    /// <summary>
    /// The author's entries up to <paramref name="number"/> are in the log: they need not be kept. Returns when the last of them was submitted;
    /// <see cref="Timestamp.Zero"/> when none was kept.
    /// </summary>
    public Timestamp Ordered(MemberId authorId, ulong number)
    {
        Timestamp submittedAt = Timestamp.Zero;
        if (!_authors.TryGetValue(authorId, out Author? author))
        {
            return submittedAt;
        }
        while (author.Oldest >= 0 && At(author.Oldest).Number <= number)
        {
            ref Item item = ref At(author.Oldest);
            author.Oldest = item.NextOfAuthor;
            submittedAt = item.SubmittedAt;
            Drop(ref item);
        }
        author.LastNumber = Math.Max(author.LastNumber, number);
        while (_head < _tail && At(_head).Bytes is null)
        {
            _head++;
        }
        _unsent = Math.Max(_unsent, _head);
        return submittedAt;
    }

    /// <summary>The author is gone: what it still had waiting goes with it.</summary>
    public void RemoveAuthor(MemberId id)
    {
        Ordered(id, ulong.MaxValue);
        _authors.Remove(id);
    }

    /// <summary>The author is no member now: what it has waiting stays, and is not sent.</summary>
    public void Hold(MemberId id) => _authors[id].IsHeld = true;

    /// <summary>The author is a member: what it has waiting is sent.</summary>
    public void Release(MemberId id)
    {
        Author author = _authors[id];
        if (author.IsHeld)
        {
            author.IsHeld = false;
            _unsent = author.Oldest >= 0 ? Math.Min(_unsent, author.Oldest) : _unsent;
        }
    }

    /// <summary>An author goes by another id: what it has waiting is said by that one. Its numbers stay.</summary>
    public void ChangeAuthor(MemberId id, MemberId now)
    {
        ChangeWaiting(id, entry => EntryWriter.SetAuthor(entry, now));
        _authors.Remove(id, out Author? author);
        _authors.Add(now, author!);
    }

    /// <summary>Lets what an author has waiting be changed in place, the oldest first; not its length, its author or its number.</summary>
    public void ChangeWaiting(MemberId id, EntryChange change)
    {
        for (long index = _authors[id].Oldest; index >= 0; index = At(index).NextOfAuthor)
        {
            ref Item item = ref At(index);
            change(item.Bytes.AsSpan(0, item.Length));
        }
    }

    /// <summary>What was sent may not have arrived: everything that is not ordered is sent again.</summary>
    public void SendAgain() => _unsent = _head;

    /// <summary>Whether something that is not ordered was sent already.</summary>
    public bool HasSent => _unsent > _head;

    /// <summary>Where sending stands, for <see cref="SendAgainFrom"/>.</summary>
    public long SentMark => _unsent;

    /// <summary>What was taken since <paramref name="mark"/> was not accepted: it is sent again.</summary>
    public void SendAgainFrom(long mark) => _unsent = Math.Max(_head, Math.Min(mark, _unsent));

    /// <summary>
    /// Writes the next entries to be sent, oldest first, and counts them as sent. Returns their first time, which says how long the
    /// oldest waited; <see cref="Timestamp.Zero"/> when nothing was written.
    /// </summary>
    public Timestamp TakeUnsent(IBufferWriter<byte> output, int bytesMax = SubmissionBytesMax)
    {
        Timestamp first = Timestamp.Zero;
        int written = 0;
        while (_unsent < _tail)
        {
            ref Item item = ref At(_unsent);
            if (item.Bytes is not null && !item.Author!.IsHeld)
            {
                if (written > 0 && written + item.Length > bytesMax)
                {
                    break;
                }
                ReadOnlySpan<byte> entry = item.Bytes.AsSpan(0, item.Length);
                first = written == 0 ? new Entry(entry).Time : first;
                output.Write(entry);
                item.Author.LastSent = Math.Max(item.Author.LastSent, item.Number);
                written += item.Length;
            }
            _unsent++;
        }
        return first;
    }

    private void Drop(ref Item item)
    {
        ArrayPool<byte>.Shared.Return(item.Bytes!);
        Bytes -= item.Length;
        Count--;
        item.Bytes = null;
        item.Author = null;
    }

    private void Grow()
    {
        var larger = new Item[_ring.Length * 2];
        for (long i = _head; i < _tail; i++)
        {
            larger[i & (larger.Length - 1)] = At(i);
        }
        _ring = larger;
    }

    private ref Item At(long index) => ref _ring[index & (_ring.Length - 1)];

    /// <summary>Changes an entry that waits, in place.</summary>
    public delegate void EntryChange(Span<byte> entry);

    private struct Item
    {
        public Author? Author;
        public ulong Number;
        public byte[]? Bytes;
        public int Length;
        public long NextOfAuthor;
        public Timestamp SubmittedAt;
    }

    private sealed class Author
    {
        public ulong LastNumber { get; set; }

        public ulong LastSent { get; set; }

        public bool IsHeld { get; set; }

        public long Oldest { get; set; } = -1;

        public long Newest { get; set; } = -1;
    }
}
