using System.Globalization;
using System.Net;
using System.Threading.Channels;
using Norris.Load.Verification;

namespace Norris.Load.Networks;

/// <summary>
/// Posts messages as a guest, one at a time, since requests side by side have no order among themselves; what is said meanwhile waits
/// here. What is not answered with 201 may be ordered or not, and is excused.
/// </summary>
internal sealed class GuestVoice : Voice
{
    private readonly GuestSession _session;
    private readonly OrderWatch _watch;
    private readonly int _textBytes;
    private readonly Channel<int> _asked = Channel.CreateUnbounded<int>(new UnboundedChannelOptions { SingleReader = true });

    /// <summary>Begins.</summary>
    public GuestVoice(int number, IEnumerable<Observer> established, GuestSession session, OrderWatch watch, int textBytes)
        : base(number, established)
    {
        (_session, _watch, _textBytes) = (session, watch, textBytes);
        Ended = Task.Run(RunAsync);
    }

    /// <summary>Completes when it posts nothing more.</summary>
    public Task Ended { get; }

    /// <inheritdoc/>
    public override void End(string why)
    {
        base.End(why);
        _asked.Writer.TryComplete();
    }

    /// <inheritdoc/>
    protected override void Send(int message) => _asked.Writer.TryWrite(message);

    private async Task RunAsync()
    {
        await foreach (int message in _asked.Reader.ReadAllAsync())
        {
            if (IsAlive)
            {
                await PostAsync(message);
            }
        }
    }

    private async Task PostAsync(int message)
    {
        byte[] text = new byte[_textBytes];
        StormText.Write(text, Number, message);
        string failure;
        try
        {
            HttpStatusCode status = await _session.PostAsync(text, CancellationToken.None);
            if (status == HttpStatusCode.Created)
            {
                return;
            }
            failure = ((int)status).ToString(CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            failure = (e as HttpRequestException)?.HttpRequestError.ToString() ?? "not in time";
        }
        _watch.Excuse(Number, message);
        Fail(message, $"post: {failure}");
    }
}
