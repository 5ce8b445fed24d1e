using System.Net.Sockets;
using System.Threading.Tasks.Sources;

namespace Norris.Transport;

/// <summary>
/// One reusable socket operation that can be awaited without an allocation. Its result is the socket's error code, also
/// when the socket was disposed meanwhile. One operation at a time.
/// </summary>
internal sealed class SocketOperation : SocketAsyncEventArgs, IValueTaskSource<SocketError>
{
    private ManualResetValueTaskSourceCore<SocketError> _completion;

    public SocketOperation()
        : base(true) // the execution context is not ours to carry
    {
    }

    /// <summary>Receives into the buffer that was set; <see cref="SocketAsyncEventArgs.BytesTransferred"/> is 0 when the peer has finished.</summary>
    public ValueTask<SocketError> ReceiveAsync(Socket socket)
    {
        _completion.Reset();
        try
        {
            return socket.ReceiveAsync(this) ? new(this, _completion.Version) : new(SocketError);
        }
        catch (ObjectDisposedException)
        {
            return new(SocketError.OperationAborted);
        }
    }

    /// <summary>Sends the buffer or the buffer list that was set; possibly only a part of it.</summary>
    public ValueTask<SocketError> SendAsync(Socket socket)
    {
        _completion.Reset();
        try
        {
            return socket.SendAsync(this) ? new(this, _completion.Version) : new(SocketError);
        }
        catch (ObjectDisposedException)
        {
            return new(SocketError.OperationAborted);
        }
    }

    SocketError IValueTaskSource<SocketError>.GetResult(short token) => _completion.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<SocketError>.GetStatus(short token) => _completion.GetStatus(token);

    void IValueTaskSource<SocketError>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _completion.OnCompleted(continuation, state, token, flags);

    protected override void OnCompleted(SocketAsyncEventArgs e) => _completion.SetResult(SocketError);
}
