// A WHIP publisher or WHEP player of pion's, in a process of its own.
//
//	pion_peer publish|play URL AUTHORIZATION|- [FILE.ivf]
//
// With "-" it prints "offer BASE64" and reads the Authorization header from its input. A publisher
// sends the frames of an IVF file over and over, from its beginning on a keyframe request, and
// silence in Opus; it prints "keyframe" when it was asked for one. A player prints "video N" and
// "audio N" for every tenth packet that comes.
package main

import (
	"bufio"
	"crypto/tls"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v4"
	"github.com/pion/webrtc/v4/pkg/media"
)

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func exchange(pc *webrtc.PeerConnection, url, authorization string) {
	offer, err := pc.CreateOffer(nil)
	check(err)
	gathered := webrtc.GatheringCompletePromise(pc)
	check(pc.SetLocalDescription(offer))
	<-gathered
	text := pc.LocalDescription().SDP
	if authorization == "-" {
		fmt.Println("offer", base64.StdEncoding.EncodeToString([]byte(text)))
		authorization, err = bufio.NewReader(os.Stdin).ReadString('\n')
		check(err)
	}
	request, err := http.NewRequest("POST", url, strings.NewReader(text))
	check(err)
	request.Header.Set("Content-Type", "application/sdp")
	request.Header.Set("Authorization", strings.TrimSpace(authorization))
	// The test's own authority.
	client := http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	response, err := client.Do(request)
	check(err)
	body, err := io.ReadAll(response.Body)
	check(err)
	if response.StatusCode != 201 {
		check(fmt.Errorf("%d %s", response.StatusCode, body))
	}
	check(pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: string(body)}))
}

func frames(file string) [][]byte {
	data, err := os.ReadFile(file)
	check(err)
	var found [][]byte
	for at := 32; at+12 <= len(data); {
		size := int(binary.LittleEndian.Uint32(data[at:]))
		found = append(found, data[at+12:at+12+size])
		at += 12 + size
	}
	return found
}

func publish(pc *webrtc.PeerConnection, file string) {
	picture, err := webrtc.NewTrackLocalStaticSample(
		webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeVP8}, "picture", "pion")
	check(err)
	sound, err := webrtc.NewTrackLocalStaticSample(
		webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeOpus}, "sound", "pion")
	check(err)
	sender, err := pc.AddTrack(picture)
	check(err)
	_, err = pc.AddTrack(sound)
	check(err)
	var isAsked atomic.Bool
	go func() {
		for {
			packets, _, err := sender.ReadRTCP()
			if err != nil {
				return
			}
			for _, packet := range packets {
				if _, ok := packet.(*rtcp.PictureLossIndication); ok {
					isAsked.Store(true)
					fmt.Println("keyframe 1")
				}
			}
		}
	}()
	go func() {
		all, next := frames(file), 0
		for range time.Tick(40 * time.Millisecond) {
			if isAsked.Swap(false) || next == len(all) {
				next = 0
			}
			check(picture.WriteSample(media.Sample{Data: all[next], Duration: 40 * time.Millisecond}))
			next++
		}
	}()
	go func() {
		for range time.Tick(20 * time.Millisecond) {
			check(sound.WriteSample(media.Sample{Data: []byte{0xf8, 0xff, 0xfe}, Duration: 20 * time.Millisecond}))
		}
	}()
}

func play(pc *webrtc.PeerConnection) {
	receive := webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionRecvonly}
	for _, kind := range []webrtc.RTPCodecType{
		webrtc.RTPCodecTypeVideo, webrtc.RTPCodecTypeVideo,
		webrtc.RTPCodecTypeAudio, webrtc.RTPCodecTypeAudio,
	} {
		_, err := pc.AddTransceiverFromKind(kind, receive)
		check(err)
	}
	pc.OnTrack(func(track *webrtc.TrackRemote, _ *webrtc.RTPReceiver) {
		for count := 1; ; count++ {
			if _, _, err := track.ReadRTP(); err != nil {
				return
			}
			if count%10 == 0 {
				fmt.Println(track.Kind(), count)
			}
		}
	})
}

func main() {
	pc, err := webrtc.NewPeerConnection(webrtc.Configuration{})
	check(err)
	if os.Args[1] == "publish" {
		publish(pc, os.Args[4])
	} else {
		play(pc)
	}
	exchange(pc, os.Args[2], os.Args[3])
	select {}
}
