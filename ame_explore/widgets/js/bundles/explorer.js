// Built by ame_explore/widgets/js/build.js; sources: sha256 cf63e58afeaac208a08b775fa22b561751f59675ff8c5be97c1f6e0c64c3049f
var v=()=>(performance.timeOrigin+performance.now())/1e3;var ut=.4,Ft=3,Ht={f4:Float32Array,i4:Int32Array,i2:Int16Array,u1:Uint8Array};function J(o,t){if(Array.isArray(o))return o.
map(e=>J(e,t));if(o===null||typeof o!="object")return o;if("buffer"in o&&"dtype"in o){let e=t[o.buffer],s=ArrayBuffer.isView(
e)?e.buffer.slice(e.byteOffset,e.byteOffset+e.byteLength):e.slice(0);return Object.assign(new Ht[o.dtype](s),{shape:o.shape})}
return Object.fromEntries(Object.entries(o).map(([e,i])=>[e,J(i,t)]))}var tt=class{constructor(t){this.model=t,this.page=
Array.from({length:4},()=>Math.random().toString(36).slice(2,8)).join(""),this.views=new Set,this.kept={},this.frame=null,
this.waiting=null,this.oldest=0,this.drawnAge=0,this.drawMs=0,this.there=!1,this.left=!0,this.gone=!1,this.low=-1/0,this.
high=1/0,this.heardAt=this.freshAt=v(),this.heard=!1,this.mended=!1,this.pingedAt=-1/0,this.onMessage=(e,i)=>this.receive(
e,i),t.on("msg:custom",this.onMessage),this.onVisible=()=>this.look(),document.addEventListener("visibilitychange",this.
onVisible),this.timer=setInterval(()=>this.watch(),500)}close(){clearInterval(this.timer),document.removeEventListener("\
visibilitychange",this.onVisible),this.model.off("msg:custom",this.onMessage),this.send({type:"away",left:!0})}send(t){try{
this.model.send({...t,page:this.page,t:v()}),this.gone=!1}catch{this.gone=!0}}tell(t){this.send(t)}mount(t){this.views.add(
t),t.seen=!0;let e=new IntersectionObserver(s=>{t.seen=s[s.length-1].isIntersecting,this.look()},{rootMargin:"300px"});e.
observe(t.el);for(let[s,n]of Object.entries(this.kept))t.retained?.(s,n);this.frame&&!(this.frame.moving&&this.age(this.
frame)>ut)&&t.draw(this.frame);let i=this.there;return this.look(),i&&this.tell({type:"ready",have:this.have()}),()=>{e.
disconnect(),this.views.delete(t),this.look()}}have(){return Object.fromEntries(Object.entries(this.kept).map(([t,e])=>[
t,e.retained]))}look(){let t=[...this.views],e=!document.hidden&&t.some(n=>n.seen&&n.el.isConnected),i=!t.some(n=>n.el.isConnected);
if(e===this.there&&i===this.left)return;let s=e&&!this.there;[this.there,this.left]=[e,i],!(e&&!s)&&(this.heardAt=this.freshAt=
v(),this.tell(e?{type:"ready",have:this.have()}:{type:"away",left:i}))}watch(){if(this.look(),!this.there)return;let t=v()-
this.heardAt;t>(this.frame?.moving?1:4)&&v()-this.pingedAt>=1&&(this.pingedAt=v(),this.tell({type:"ping",have:this.have()}),
!this.heard&&!this.mended&&this.listenAgain());for(let e of this.views)e.silent?.(t>8||this.gone?t:0,this.gone)}async listenAgain(){
try{let t=await this.model.widget_manager?.get_model?.(this.model.get("own_id")),e=t&&Object.getPrototypeOf(Object.getPrototypeOf(
t))?._handle_comm_msg;if(!e||!t.comm||this.heard||this.mended)return;t.comm.on_msg(i=>e.call(t,i)),this.mended=!0,this.tell(
{type:"ready",have:this.have()})}catch{}}receive(t,e=[]){if(this.heardAt=v(),this.heard=!0,t.type==="hello"){let{page:s,
t:n,time:r}=t;s===this.page&&(this.high=Math.min(this.high,r-n));return}let i=J(t,e);if(t.type==="frame"){this.low=Math.
max(this.low,i.time-v());let s=i.heard[this.page];s&&(this.high=Math.min(this.high,s[1]-s[0])),this.low>this.high&&([this.
low,this.high]=[i.time-v(),1/0]);let n=this.waiting!==null;this.waiting=i,n||requestAnimationFrame(()=>this.paint())}else if(t.
retained){this.kept[t.type]=i;for(let s of this.views)s.retained?.(t.type,i)}else for(let s of this.views)s.message?.(i,
e)}age(t){let e=Number.isFinite(this.high)?(this.low+this.high)/2:this.low;return Math.max(0,v()+e-t.time)}paint(){let t=this.
waiting;if(this.waiting=null,!t||!this.there)return;let e=v(),i=this.age(t),s=i>ut,n=s&&e-this.freshAt<Ft;if(!n){s||(this.
freshAt=e),this.frame=t,this.drawnAge=i;for(let r of this.views)try{r.draw(t),r.late?.(s?i:0)}catch(l){console.error("am\
e_explore: a view could not be drawn",l)}this.drawMs=1e3*(v()-e)}this.oldest=Math.max(this.oldest,n?0:i),!(!t.ask&&!n)&&
(this.tell({type:"ack",n:t.n,age_ms:1e3*(n?i:this.oldest),stale:n}),this.oldest=0)}};function wt(o){return()=>{let t;return{
initialize({model:e}){return t=new tt(e),()=>t.close()},render({el:e}){let i=o(t,e),s=t.mount(i);return()=>{s(),i.close?.()}}}}}var Kt=new Set(["svg","path"]),gt={text:"textContent",value:"value",checked:"checked"};function a(o,t={},...e){let i=Kt.
has(o)?"http://www.w3.org/2000/svg":"http://www.w3.org/1999/xhtml",s=document.createElementNS(i,o);s.append(...e.flat(1/0).
filter(n=>n!=null&&n!==!1));for(let[n,r]of Object.entries(t))r==null||r===!1||(n.startsWith("on")?s.addEventListener(n.slice(
2),r):n in gt?s[gt[n]]=r:s.setAttribute(n,r===!0?"":String(r)));return s}function M(o,t){o.textContent!==t&&(o.textContent=
t)}function S(o,t){o.hidden===t&&(o.hidden=!t)}function I(){let o=document.body.dataset.jpThemeLight;return o!==void 0?o==="false":["vscode-dark","dark-theme"].some(t=>document.
body.classList.contains(t))}var yt=o=>o.replaceAll("-","−");function Bt(o,t=3,{signed:e=!1}={}){if(typeof o!="number"||!Number.isFinite(o))return"–";if(o===0)return"0";let[i,s]=o.
toExponential(t-1).split("e"),n=t-1-Number(s),r=n>=-3&&n<=t+2?o.toFixed(Math.max(n,0)):`${i}e${Number(s)}`;return yt(e&&
o>0?`+${r}`:r)}function j(o){return o==null||o===""?"–":typeof o!="number"?String(o):Number.isInteger(o)&&Math.abs(o)<
1e6?yt(String(o)):Bt(o)}var Ut=o=>o===null?"":new Date(1e3*o).toISOString().slice(0,10),W=class{constructor(t){this.owner=t,this.chips=a("div",{
class:"ame-chips","data-testid":"chips","aria-live":"polite"}),this.window=a("div",{class:"ame-window",hidden:!0,role:"d\
ialog","data-testid":"filter-window"}),this.opener=null,this.window.addEventListener("keydown",e=>{e.stopPropagation(),e.
key==="Escape"&&this.close()})}draw(){let{shown:t}=this.owner.model,e=(t?.chips??[]).map(({words:i,count:s},n)=>a("span",
{class:"ame-chip"},a("span",{class:"ame-chip-words",title:i},i),a("b",{},s.toLocaleString("en")),a("button",{type:"butto\
n",title:"Remove this filter","aria-label":`Remove the filter ${i}`,onclick:()=>this.owner.send({type:"drop",place:n})},
"×")));e.length>1&&e.push(a("button",{type:"button",class:"ame-link",onclick:()=>this.owner.send({type:"clear"})},"remo\
ve all")),this.chips.replaceChildren(...e)}open(t,e){let i=this.owner.model.facts?.columns.find(c=>c.name===t);if(!i)return;
if(!this.window.hidden&&this.opener===e)return this.close();this.opener=e;let s=a("strong",{},`Show pairs by ${i.title}`),
n=i.kind==="number"||i.kind==="date"?this.range(i):i.kind==="category"?this.words(i):this.text(i);this.window.replaceChildren(
s,n),this.window.hidden=!1;let r=e.getBoundingClientRect(),l=this.owner.root.getBoundingClientRect();this.window.style.left=
`${Math.max(8,Math.min(r.left-l.left,l.width-330))}px`,this.window.style.top="",this.window.style.bottom=`${l.bottom-r.top+
6}px`,this.window.querySelector("input")?.focus()}close(){this.window.hidden=!0,this.opener?.focus(),this.opener=null}keep(t){
this.owner.send({type:"keep",condition:t}),this.close()}form(t,...e){return a("form",{onsubmit:i=>{i.preventDefault(),t()}},
...e,a("div",{class:"ame-row"},a("button",{type:"submit",class:"ame-button"},"Show these"),a("button",{type:"button",class:"\
ame-button",onclick:()=>this.close()},"Cancel")))}range(t){let e=t.kind==="date",i=(l,c)=>a("input",e?{type:"date","aria\
-label":l,value:Ut(c)}:{type:"number",step:"any","aria-label":l,placeholder:j(c)}),s=i("from",t.low),n=i("to",t.high),r=(l,c)=>l.
value===""?null:e?Date.parse(`${l.value}T00:00:00Z`)/1e3+c:Number(l.value);return this.form(()=>this.keep({kind:"between",
column:t.name,low:r(s,0),high:r(n,86399)}),a("div",{class:"ame-row"},"from",s,"to",n),e?null:a("div",{class:"ame-muted"},
`known values: ${j(t.low)} to ${j(t.high)}`))}words(t){let i=[...t.words,null].map((s,n)=>({word:s,box:a("input",{type:"\
checkbox"}),count:t.counts[n]}));return this.form(()=>{let s=i.filter(({box:n})=>n.checked).map(({word:n})=>n);s.length&&
this.keep({kind:"one of",column:t.name,values:s})},a("div",{class:"ame-choices"},...i.filter(({count:s})=>s>0).map(({word:s,
box:n,count:r})=>a("label",{},n,a("span",{},s??"unknown"),a("b",{},r.toLocaleString("en"))))))}text(t){let e=a("input",{
type:"text","aria-label":"words"});return this.form(()=>e.value.trim()&&this.keep({kind:"says",text:e.value,column:t.name}),
a("div",{class:"ame-row"},"says",e))}};var qt=1;var et=new WeakMap,bt;function K(o){bt??=new ResizeObserver(l=>{for(let{target:c}of l)et.set(c,[c.clientWidth,c.clientHeight]),
c.dispatchEvent(new Event("ame-size",{bubbles:!0}))});let t=Math.min(2,qt*(window.devicePixelRatio||1)),e=et.get(o);e||(bt.
observe(o),et.set(o,e=[o.clientWidth,o.clientHeight]));let[i,s]=e,[n,r]=[Math.round(i*t),Math.round(s*t)];return(o.width!==
n||o.height!==r)&&(o.width=n,o.height=r),{width:i,height:s,scale:t}}function E(o,t){return o.getContext("2d",t)}var H=class{constructor(t,e){
this.canvas=t,this.how=e,this.all=new Uint32Array,this.image=null}get context(){return E(this.canvas,this.how)}clear(t){
let{width:e,height:i}=this.canvas;return(this.image?.width!==e||this.image.height!==i)&&(this.image=this.context.createImageData(
e,i),this.all=new Uint32Array(this.image.data.buffer)),this.all.fill(t)}show(){this.image&&this.context.putImageData(this.
image,0,0)}};function xt(o,t){o.addEventListener("pointerdown",e=>t.down(e)),o.addEventListener("pointermove",e=>t.move(
e)),o.addEventListener("pointerup",e=>t.up(e)),o.addEventListener("pointercancel",()=>t.cancel()),o.addEventListener("wh\
eel",e=>t.wheel(e),{passive:!1}),o.addEventListener("keydown",e=>t.key(e))}function vt(o,t,e,i,s){o.lineWidth=4,o.strokeStyle=
s,o.fillStyle=i,e.forEach((n,r)=>{if(!n)return;let{text:l,x:c,y:h}=t[r];o.strokeText(l,c+n[0],h+n[1]),o.fillText(l,c+n[0],
h+n[1])})}function kt(o,t,e){!t||t.length<2||(o.beginPath(),t.forEach(([i,s],n)=>o[n?"lineTo":"moveTo"](i,s)),o.closePath(),
o.fillStyle=e.wash,o.fill(),o.strokeStyle=e.accent,o.lineWidth=1.5,o.setLineDash([5,3]),o.stroke(),o.setLineDash([]))}var F={
away:16,above:30,high:96};function Mt(o,[t,e],{width:i,height:s}){let n=t>.55*i;o.style.left=n?"":`${t+F.away}px`,o.style.
right=n?`${i-t+F.away}px`:"",o.style.top=`${Math.max(4,Math.min(s-F.high,e-F.above))}px`}var st=({k:o,x0:t,y0:e},i,s)=>[i*o+t,e-s*o],it=({k:o,x0:t,y0:e},i,s)=>[(i-t)/o,(e-s)/o];function $t({x:o,y:t,w:e,h:i},{width:s,
height:n}){let r=Math.min(s/e,n/i);return{k:r,x0:s/2-o*r,y0:n/2+t*r}}function Et(o,t,e){let i=!1;for(let s=0,n=o.length-1;s<o.length;n=s++){let[r,l]=o[s],[c,h]=o[n];l>e!=h>e&&t<(c-r)*(e-l)/
(h-l)+r&&(i=!i)}return i}function nt(o){let[t,e,i,s]=[1/0,-1/0,1/0,-1/0];for(let n of o)for(let r=0;r<n.length;r+=2){let l=n[r],
c=n[r+1];l<t&&(t=l),l>e&&(e=l),c<i&&(i=c),c>s&&(s=c)}return t<e?[t,e,i,s]:null}var St=18,At=16,Yt=200;function Lt(o,t,e=[]){
return e.push(...o.map(({x:i,y:s,side:n=St})=>[i-n/2,s-n/2,n,n])),o.map(({x:i,y:s,width:n,side:r=St})=>{let l=r/2,c=[[l+
3,0],[-l-3-n,0],[-n/2,-l-8],[-n/2,l+8]];if(o.length<=Yt){for(let f of[l+3,-l-3-n])c.push([f,-l-4],[f,l+4]);for(let f of[
-l,l-n])c.push([f,-l-8],[f,l+8])}let h=([f,d])=>[i+f-2,s+d-At/2,n+4,At],m=c.find(f=>{let[d,p,u,g]=h(f);return d>0&&p>0&&
d+u<t.width&&p+g<t.height&&!e.some(w=>d<w[0]+w[2]&&w[0]<d+u&&p<w[1]+w[3]&&w[1]<p+g)});return m&&e.push(h(m)),m??null})}function Vt(o,t,e,i,s){let n=h=>{o.beginPath(),h.forEach(([m,f],d)=>o[d?"lineTo":"moveTo"](e+m*s,i+f*s)),o.closePath()},
r=(h,m,f=1)=>Array.from({length:h},(d,p)=>{let u=m+2*Math.PI*p/h;return[f*Math.cos(u),f*Math.sin(u)]}),l=h=>[[-h,-1],[h,
-1],[h,-h],[1,-h],[1,h],[h,h],[h,1],[-h,1],[-h,h],[-1,h],[-1,-h],[-h,-h]];t==="circle"?(o.beginPath(),o.arc(e,i,.92*s,0,
2*Math.PI)):t==="diamond"?n([[0,-1.1],[.95,0],[0,1.1],[-.95,0]]):t==="square"?n([[-.82,-.82],[.82,-.82],[.82,.82],[-.82,
.82]]):t==="triangle"?n(r(3,-Math.PI/2,1.15)):t==="triangle-down"?n(r(3,Math.PI/2,1.15)):t==="cross"?n(l(.38)):t==="x"?n(
(h=>h.map(([m,f])=>[(m-f)*Math.SQRT1_2,(m+f)*Math.SQRT1_2]))(l(.36))):t==="pentagon"?n(r(5,-Math.PI/2,1.05)):t==="hexago\
n"?n(r(6,0,1.05)):t==="bar"?n([[-1.05,-.5],[1.05,-.5],[1.05,.5],[-1.05,.5]]):t==="star"&&n(Array.from({length:10},(h,m)=>{
let f=-Math.PI/2+Math.PI*m/5,d=m%2?.48:1.15;return[d*Math.cos(f),d*Math.sin(f)]}))}var Gt={cross:[[-1,0,1,0],[0,-1,0,1]],
x:[[-.8,-.8,.8,.8],[-.8,.8,.8,-.8]]};function Xt(o,{shape:t,color:e,filled:i,halo:s,inside:n,edge:r=.55},l,c,h){let m=Gt[t];
if(!i&&m){o.lineCap="round";for(let{style:f,width:d}of[{style:s,width:(.2+r)*h},{style:e,width:Math.max(1.2,.32*h)}])if(f){
o.strokeStyle=f,o.lineWidth=d,o.beginPath();for(let[p,u,g,w]of m)o.moveTo(l+p*h,c+u*h),o.lineTo(l+g*h,c+w*h);o.stroke()}
return}Vt(o,t,l,c,h),s&&(o.lineWidth=r*h,o.strokeStyle=s,o.stroke()),i?(o.fillStyle=e,o.fill()):(o.fillStyle=n||s||"tran\
sparent",o.fill(),o.lineWidth=Math.max(1.2,.36*h),o.strokeStyle=e,o.stroke())}function P(o,t,e=1){let i=Math.ceil(t*1.6)+
1,s=2*i+1,n=document.createElement("canvas");n.width=n.height=s;let r=E(n,{willReadFrequently:!0});Xt(r,o,i+.5,i+.5,t);let{
data:l}=r.getImageData(0,0,s,s),c=[],h=[],m=[],f=[],d=[];for(let p=0;p<s*s;p++){let u=Math.round(l[4*p+3]/255*32*e);u&&(c.
push(p%s-i),h.push(Math.floor(p/s)-i),m.push(l[4*p]|l[4*p+2]<<16),f.push(l[4*p+1]<<8),d.push(u))}return{half:i,dx:Int32Array.
from(c),dy:Int32Array.from(h),rb:Int32Array.from(m),g:Int32Array.from(f),a:Int32Array.from(d)}}function Tt(o,t,e,i,s,n){
let{half:r,dx:l,dy:c,rb:h,g:m,a:f}=i,d=Math.round(s),p=Math.round(n);if(d<r||p<r||d>=t-r||p>=e-r)return;let u=p*t+d;for(let g=0;g<
f.length;g++){let w=u+c[g]*t+l[g],y=o[w],b=32-f[g],k=(y&16711935)*b+h[g]*f[g]>>>5&16711935,$=(y&65280)*b+m[g]*f[g]>>>5&65280;
o[w]=4278190080|k|$}}function ot(o){let t=document.createElement("canvas");t.width=t.height=1;let e=E(t);return e.fillStyle=
o,e.fillRect(0,0,1,1),e.getImageData(0,0,1,1).data}var It=32,Qt=400,Zt=60,Pt={light:{paper:"#ffffff",text:"#1a1a1a",muted:"#5a5a5a",faint:"#dcdcdc",accent:"#0072b2",wash:"\
rgba(0,114,178,0.12)"},dark:{paper:"#111111",text:"#ececec",muted:"#b8b8b8",faint:"#333333",accent:"#5ab0ee",wash:"rgba(\
90,176,238,0.18)"}};function Jt(o,t){let[e,i,s]=ot(o),n=(.3*e+.59*i+.11*s)/255,r=t&&n<.45?.45-n+.1:0;return`rgb(${[e,i,s].
map(l=>Math.round(l+r*(255-l))).join()})`}function te(o,t,{facts:e,mask:i}){if(!e||!t)return[];let s=o.flat(),n=nt([s]);
if(!n)return[];let[r,l,c,h]=n,m=u=>{let g=new Uint8Array(u.length/2);for(let w=0;w<g.length;w++){let y=u[2*w],b=u[2*w+1];
y>=r&&y<=l&&b>=c&&b<=h&&Et(o,y,b)&&(g[w]=1)}return g},f=m(t.image),d=m(t.text),p=[];for(let u=0;u<e.pairs;u++)(!i||i[u])&&
(f[e.image[u]]||d[e.text[u]])&&p.push(u);return p}var O=class{constructor(t,e=!1){this.owner=t,this.beside=e,this.canvas=
a("canvas",{class:"ame-points","aria-hidden":"true"}),this.over=a("canvas",{class:"ame-over",tabindex:"0",role:"applicat\
ion","data-testid":e?"pair-map-beside":"pair-map","aria-label":"Map of images and texts. Arrow keys move, plus and minus\
 zoom, 0 shows everything, N and B go to the next and previous pair, Escape clears the selection."}),this.tip=a("div",{class:"\
ame-tip",hidden:!0,role:"status"}),this.name=a("div",{class:"ame-model-name",hidden:!0}),this.el=a("div",{class:"ame-sta\
ge",hidden:e},this.canvas,this.over,this.name,this.tip),this.own={view:null,picture:""},this.pointed=!1,this.place=null,
this.pixels=new H(this.canvas),this.moving=!1,this.lasso=null,this.drag=null,this.spriteKey="",this.made=null,this.asked=
!1,xt(this.over,this),this.over.addEventListener("pointerleave",()=>this.hover(null)),this.over.addEventListener("dblcli\
ck",()=>this.whole()),this.el.addEventListener("ame-size",()=>this.redraw())}get ink(){return I()?Pt.dark:Pt.light}get points(){
let{places:t}=this.owner.model;return this.beside?t?.beside??null:t}get frame(){return this.owner.model.places?.shared?this.
owner.frame:this.own}get view(){return this.frame.view}whole(){this.frame.view=null,this.moved()}moved(){this.frame===this.
own?this.redraw():this.owner.redrawMaps()}redraw(){this.asked||this.el.hidden||(this.asked=!0,requestAnimationFrame(()=>{
this.asked=!1,this.paint()}))}settle(t){let{places:e}=this.owner.model,{points:i,frame:s}=this;if(!(!e||!i)){if(e.picture!==
s.picture&&([s.picture,s.view]=[e.picture,null]),!s.view){let n=e.shared&&e.beside?[e,e.beside]:[i],[r,l,c,h]=nt(n.flatMap(
({image:m,text:f})=>[m,f]))??[0,1,0,1];s.view={x:(r+l)/2,y:(c+h)/2,w:1.08*(l-r)||1,h:1.08*(h-c)||1}}this.place=$t(s.view,
t)}}sprites(t){let{colors:e}=this.owner.model,i=I(),s=[e?.colors.join(),e?.scale,t,i].join("|");if(this.spriteKey!==s||!this.
made){this.spriteKey=s;let n=(e?.colors??["#0072B2","#D55E00"]).map(c=>Jt(c,i)),r=this.ink.paper,l=(c,h)=>({plain:P({shape:c,
color:h,filled:!0,halo:null},t,.8),dim:P({shape:c,color:h,filled:!0,halo:null},t,.26),strong:P({shape:c,color:h,filled:!0,
halo:r,edge:.5},1.25*t)});this.made={image:n.map(c=>l("circle",c)),text:n.map(c=>l("diamond",c)),ghost:P({shape:"circle",
color:this.ink.faint,filled:!0,halo:null},Math.max(1,.6*t),.7)}}return this.made}paint(){let t=K(this.canvas);K(this.over);
let{facts:e,colors:i,mask:s,selected:n,codes:r}=this.owner.model,l=this.points,{width:c,height:h}=this.canvas;if(!e||!l||
!c||!h)return;this.settle(t);let{k:m,x0:f,y0:d}=this.place,[p,u,g]=ot(this.ink.paper),w=this.pixels.clear(4278190080|g<<
16|u<<8|p),y=t.scale,b=e.pairs,k=y*Math.max(1,Math.min(4.5,Math.round(30*Math.sqrt(t.width*t.height/(2*b)))/100)),$=this.
sprites(k),[L,G,zt]=[m*y,f*y,d*y],Dt=i?.scale??!1,X=(i?.colors.length??2)-1,N=!s&&n.size>0;if(s){for(let x of n)if(N=s[x]===
1)break}let Rt=this.owner.flags(),_t=x=>Math.min(X,Dt?x===255?X:Math.min(It-1,x*It>>8):x),[jt,ct,dt]=[0,1,2],z=new Uint8Array(
b).fill(ct);if(s&&z.set(s),N)for(let x=0;x<b;x++)Rt[x]&&z[x]&&(z[x]=dt);let Q=(x,D)=>{for(let R of[1,0]){let ft=R?l.text:
l.image,Wt=R?e.text:e.image,mt=R?$.text:$.image,pt=r?Array.from({length:256},(T,_)=>D(mt[_t(_)])):[D(mt[Math.min(R,X)])];
for(let T=0;T<b;T++){if(z[T]!==x)continue;let _=Wt[T],Z=ft[2*_];Z===Z&&Tt(w,c,h,r?pt[r[T]]:pt[0],Z*L+G,zt-ft[2*_+1]*L)}}};
s&&this.owner.model.hidden&&Q(jt,()=>$.ghost),Q(ct,({dim:x,plain:D})=>N?x:D),N&&Q(dt,({strong:x})=>x),this.pixels.show(),
this.overlay(),this.beside||(this.owner.root.dataset.painted=String(n.size))}overlay(){let{facts:t,mask:e,shown:i,selected:s,
regions:n,active:r}=this.owner.model,{place:l,points:c}=this,{hovered:h}=this.owner;if(!t||!c||!l)return;let m=K(this.over),
{ink:f}=this,d=E(this.over);d.setTransform(m.scale,0,0,m.scale,0,0),d.clearRect(0,0,m.width,m.height);let p=w=>[c.image,
c.text].map((y,b)=>{let k=b?t.text[w]:t.image[w];return st(l,y[2*k],y[2*k+1])}),u=(w,y,b)=>{d.beginPath();for(let k of w){
let[$,L]=p(k);d.moveTo(...$),d.lineTo(...L)}d.lineWidth=y,d.strokeStyle=b,d.stroke()},g=s.size||(i?.count??0);if(g&&g<=Qt){
let w=s.size?s:Array.from({length:t.pairs},(y,b)=>b).filter(y=>!e||e[y]);d.globalAlpha=Math.max(.15,1/Math.sqrt(g)),u(w,
1.2,f.text),d.globalAlpha=1}if(n.length&&!this.beside){d.font="600 13px system-ui, sans-serif",d.textBaseline="middle",d.
lineJoin="round";let w=n.map(({name:y,x:b,y:k,count:$})=>{let[L,G]=st(l,b,k);return{text:y,x:L,y:G,count:$,width:d.measureText(
y).width,side:2}}).filter(({x:y,y:b})=>y>0&&b>0&&y<m.width&&b<m.height).sort((y,b)=>b.count-y.count);vt(d,w,Lt(w,m),f.text,
f.paper)}for(let[w,y]of[[r,2],[h,1.5]])if(w!==null){u([w],y,f.text);for(let[b,k]of p(w))d.beginPath(),d.arc(b,k,8,0,2*Math.
PI),d.lineWidth=2,d.strokeStyle=w===r?f.accent:f.text,d.stroke()}kt(d,this.lasso,f),this.say(m,p)}say(t,e){let{hovered:i}=this.
owner,s=i===null||!this.pointed?null:this.owner.wordsOf(i);this.tip.hidden=s===null,!(i===null||s===null)&&(this.tip.replaceChildren(
a("div",{},...s.map((n,r)=>a(r?"div":"strong",{},n)))),Mt(this.tip,e(i)[this.side],t))}side=0;under(t){let{facts:e,mask:i}=this.
owner.model,s=this.points;if(!e||!s||!this.place)return null;let{k:n,x0:r,y0:l}=this.place,c=144,h=null;for(let m of[0,1]){
let f=m?s.text:s.image,d=m?e.text:e.image;for(let p=0;p<e.pairs;p++){if(i&&!i[p])continue;let u=f[2*d[p]]*n+r-t.offsetX,
g=l-f[2*d[p]+1]*n-t.offsetY,w=u*u+g*g;w<c&&([c,h,this.side]=[w,p,m])}}return h}hover(t){this.pointed=t!==null,t!==this.owner.
hovered&&(this.owner.hovered=t,t!==null&&this.owner.need(t),this.owner.overlays())}down(t){t.button!==0||!this.place||(this.
over.focus({preventScroll:!0}),this.over.setPointerCapture(t.pointerId),this.drag={x:t.offsetX,y:t.offsetY,far:!1,add:t.
shiftKey},this.lasso=this.moving?null:[[t.offsetX,t.offsetY]])}move(t){let{drag:e,view:i,place:s}=this;if(!e)return this.
hover(this.under(t));e.far||=Math.hypot(t.offsetX-e.x,t.offsetY-e.y)>4,e.far&&(this.lasso?(this.lasso.push([t.offsetX,t.
offsetY]),this.owner.hovered=null,this.overlay()):i&&s&&(i.x-=t.movementX/s.k,i.y+=t.movementY/s.k,this.moved()))}up(t){
let{drag:e,lasso:i,place:s}=this;if(this.cancel(),!(!e||!s)){if(e.far)i&&this.owner.pick(te(i.map(([n,r])=>it(s,n,r)),this.
points,this.owner.model),e.add);else{let n=this.under(t);n!==null?this.owner.pick([n],e.add):e.add||this.owner.pick([],!1)}
this.overlay()}}cancel(){this.drag=this.lasso=null}zoom(t,e,i){let{view:s,place:n}=this;if(!(!s||!n)){if(e!==void 0&&i!==
void 0){let[r,l]=it(n,e,i);s.x=r+(s.x-r)*t,s.y=l+(s.y-l)*t}s.w*=t,s.h*=t,this.moved()}}wheel(t){t.preventDefault(),this.
zoom(Math.exp(.0015*t.deltaY),t.offsetX,t.offsetY)}key(t){let{view:e,place:i}=this;if(!e||!i||t.ctrlKey||t.metaKey||t.altKey)
return;let s=Zt/i.k,n=t.key.toLowerCase();if(n==="arrowleft")e.x-=s;else if(n==="arrowright")e.x+=s;else if(n==="arrowup")
e.y+=s;else if(n==="arrowdown")e.y-=s;else if(n==="+"||n==="=")this.zoom(.8);else if(n==="-")this.zoom(1.25);else if(n===
"0")this.frame.view=null;else if(n==="n"||n==="b")this.owner.step(n==="n"?1:-1);else if(n==="escape")this.owner.pick([],
!1);else return;t.preventDefault(),t.stopPropagation(),this.moved()}};var B=class{constructor(t){this.owner=t;let e=(i,s,n)=>a("button",{type:"button",class:"ame-button",title:s,onclick:()=>t.
step(n)},i);this.title=a("strong",{"data-testid":"pair-title"}),this.where=a("span",{class:"ame-muted"}),this.content=a(
"div",{class:"ame-pair-content"}),this.note=a("textarea",{rows:2,"aria-label":"Your note on this pair",placeholder:"Your\
 note on this pair"}),this.note.addEventListener("change",()=>this.row!==null&&t.send({type:"note",row:this.row,text:this.
note.value})),this.note.addEventListener("keydown",i=>i.stopPropagation()),this.el=a("section",{class:"ame-pair","aria-l\
abel":"The selected pair","data-testid":"pair-panel",tabindex:"0"},a("div",{class:"ame-row ame-pair-head"},e("‹","Prev\
ious pair (B or ↑)",-1),e("›","Next pair (N or ↓)",1),this.title,this.where,a("button",{type:"button",class:"ame-b\
utton ame-at-end",title:"Save this pair as an image","data-testid":"png-pair",onclick:()=>t.saveView(this.el,this.title.
textContent||"pairs")},"PNG")),this.content),this.el.addEventListener("keydown",i=>{let s={n:1,ArrowRight:1,b:-1,ArrowLeft:-1}[i.
key];s&&(t.step(s),i.preventDefault(),i.stopPropagation())}),this.row=null}draw(){let{face:t,grid:e,selected:i}=this.owner.
model;this.row=t?.row??null;let s=e&&i.size>1?this.grid(e):null;if(!t){M(this.title,i.size?"":"No pair selected"),M(this.
where,""),this.content.replaceChildren(s??a("p",{class:"ame-muted"},"Draw a lasso on the map, click a point or a row of \
the table, or press N for the next pair."));return}M(this.title,`pair ${t.id}`),M(this.where,t.place<0?"not among the pa\
irs that are shown":`${(t.place+1).toLocaleString("en")} of ${t.count.toLocaleString("en")}`),document.activeElement!==this.
note&&(this.note.value=t.note);let[n,...r]=t.captions;this.content.replaceChildren(...[s,t.picture?a("img",{class:"ame-l\
arge",src:t.picture,alt:`image of pair ${t.id}`}):null,a("p",{class:"ame-own"},n),...r.map(l=>a("p",{class:"ame-muted"},
l)),a("dl",{class:"ame-figures-list"},...t.figures.flatMap(([l,c])=>[a("dt",{},l),a("dd",{},c)])),...t.groups.filter(({pairs:l})=>l.
length).map(({title:l,pairs:c})=>a("div",{class:"ame-near"},a("h5",{},l),...c.map(h=>this.near(h)))),a("div",{class:"ame\
-row"},"pairs like this one in",...["image","text","joint"].map(l=>a("button",{type:"button",class:"ame-button","data-li\
ke":l,onclick:()=>this.owner.send({type:"like",row:t.row,space:l})},l==="joint"?"both":l))),this.note].filter(l=>l!==null))}near({
row:t,caption:e,figures:i,warn:s,picture:n}){return a("button",{type:"button",class:`ame-near-pair${s?" ame-warn":""}`,onclick:()=>this.
owner.pick([t],!1)},n?a("img",{src:n,alt:""}):null,a("span",{class:"ame-near-words"},e),a("span",{class:"ame-near-figure\
s"},i))}grid({count:t,pairs:e}){let i=t>e.length?`, the first ${e.length}`:"";return a("div",{class:"ame-grid-of","data-\
testid":"pair-grid"},a("div",{class:"ame-muted"},`${t.toLocaleString("en")} pairs selected${i}`),a("div",{class:"ame-til\
es"},...e.map(({row:s,caption:n,picture:r})=>a("button",{type:"button",class:s===this.row?"ame-chosen":null,title:n,onclick:()=>this.
owner.look(s)},r?a("img",{src:r,alt:n}):a("span",{},n)))))}};var U=30,C=8;function Ot(o,{title:t,keys:e,ink:i}){let s=document.createElement("canvas"),n=o[0].layers[0],r=n.width/Math.
max(1,n.clientWidth);s.width=o.reduce((d,{layers:p})=>d+p[0].width,0)+(o.length-1)*C*r,s.height=Math.max(...o.map(({layers:d})=>d[0].
height))+U*r;let l=E(s);l.fillStyle=i.paper,l.fillRect(0,0,s.width,s.height),l.font=`${13*r}px system-ui, sans-serif`,l.
textBaseline="middle";let c=U*r/2,h=C*r,m=(d,p,u)=>{l.fillStyle=p,l.fillText(d,h,c),h+=l.measureText(d).width+u*r};t&&m(
t,i.text,C);for(let{name:d,color:p}of e)m("●",p,4),m(d,i.text,14);let f=0;for(let{layers:d,name:p}of o){for(let u of d)
l.drawImage(u,f,U*r);l.fillStyle=i.text,l.fillText(p,f+C*r,U*r+c/1.5),f+=d[0].width+C*r}return s}async function Ct(o,t,e){
let i=Math.max(o.scrollWidth,o.clientWidth)+2,s=[o,...o.querySelectorAll("*")].map(u=>u.scrollHeight-u.clientHeight),n=e??
o.offsetHeight+Math.max(...s),r=o.cloneNode(!0),l=[o,...o.querySelectorAll("*")],c=[r,...r.querySelectorAll("*")];l.forEach(
(u,g)=>{let w=getComputedStyle(u);c[g].style.cssText=[...w].map(y=>`${y}:${w.getPropertyValue(y)}`).join(";"),(u instanceof
HTMLInputElement||u instanceof HTMLTextAreaElement)&&c[g].setAttribute("value",u.value),u instanceof HTMLTextAreaElement&&
(c[g].textContent=u.value)});for(let u of c.filter(g=>["auto","scroll"].includes(g.style.overflowY)))Object.assign(u.style,
{overflow:"visible",height:"auto",maxHeight:"none"});for(let u of c.filter(g=>g.style.transform.startsWith("matrix")&&e))
u.style.transform="none";Object.assign(r.style,{margin:"0",width:`${i}px`,height:`${n}px`}),r.setAttribute("xmlns","http\
://www.w3.org/1999/xhtml");let h=new XMLSerializer().serializeToString(r),m=new Image;m.src=`data:image/svg+xml;charset=\
utf-8,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg" width="${i}" height="${n}"><foreignObject width="100\
%" height="100%">${h}</foreignObject></svg>`)}`,await m.decode();let f=document.createElement("canvas"),d=Math.max(2,window.
devicePixelRatio);[f.width,f.height]=[i*d,n*d];let p=E(f);return p.fillStyle=t,p.fillRect(0,0,f.width,f.height),p.drawImage(
m,0,0,f.width,f.height),f}function at(o,t){o.toBlob(e=>{if(!e)return;let i=URL.createObjectURL(e);a("a",{href:i,download:`${t.
replace(/[^\w.-]+/g,"_")}.png`}).click(),setTimeout(()=>URL.revokeObjectURL(i),1e4)},"image/png")}var q=class{constructor(t,e,i){this.owner=t,this.table=e,this.cross=i,this.tabs=a("div",{class:"ame-tabs",role:"tablist",
"aria-label":"what is below the map"}),this.sheet=a("div",{class:"ame-sheet",role:"tabpanel","data-testid":"sheet",hidden:!0}),
this.open=""}draw({tabs:t,open:e}){let i=e?.name??"";this.open=i,S(this.tabs,t.length>0),this.tabs.replaceChildren(...[{
name:"",title:"Pairs"},...t].map(s=>a("button",{type:"button",role:"tab","data-tab":s.name||"pairs","aria-selected":String(
s.name===i),onclick:()=>this.owner.send({type:"sheet",name:s.name,choice:""})},s.title))),S(this.table,!e),S(this.sheet,
!!e),this.sheet.replaceChildren(...e?this.parts(e):[]),e||this.owner.table.redraw()}parts(t){let{name:e,words:i,head:s,lines:n,
choices:r,choice:l,code:c}=t;return[r.length?a("div",{class:"ame-row ame-choice"},a("span",{},t.choosing),...r.map(h=>a(
"button",{type:"button",class:"ame-button","aria-pressed":String(h.name===l),"data-choice":h.name,onclick:()=>this.owner.
send({type:"sheet",name:e,choice:h.name})},h.label))):null,t.asks.length?this.question(t):null,...i.map(h=>a("p",{class:"\
ame-muted"},h)),e==="classes"?this.cross:null,s.length&&n.length?a("table",{},a("thead",{},a("tr",{},...s.map(h=>a("th",
{scope:"col"},h)))),a("tbody",{},...n.map((h,m)=>a("tr",{},...h.map((f,d)=>a("td",{class:f.warn?"ame-warn":null},f.act?a(
"button",{type:"button",title:"Show these pairs",onclick:()=>this.owner.send({type:"entry",name:e,line:m,place:d})},f.text):
f.text)))))):null,c?a("pre",{"data-testid":"code"},c):null,c?a("button",{type:"button",class:"ame-button",onclick:()=>navigator.
clipboard?.writeText(c)},"copy"):null].filter(h=>h!==null)}question({name:t,asks:e}){let i=e.map(s=>a("input",{type:"tex\
t",value:s.value,"data-testid":`ask-${s.name}`}));for(let s of i)s.addEventListener("keydown",n=>n.stopPropagation());return a(
"form",{class:"ame-row",onsubmit:s=>{s.preventDefault(),this.owner.send({type:t,...Object.fromEntries(e.map((n,r)=>[n.name,
i[r].value]))})}},...e.map((s,n)=>a("label",{},s.label,i[n])),a("button",{type:"submit",class:"ame-button"},"classify"))}};var ee=250,A=28,Y=60,rt=8e6,se=3e3;function lt({name:o,kind:t,title:e}){return o==="caption"?260:t==="number"&&e.length<=
14?104:132}var V=class{constructor(t){this.owner=t,this.head=a("div",{class:"ame-table-row ame-table-head",role:"row"}),
this.body=a("div",{class:"ame-table-body"}),this.spacer=a("div",{class:"ame-table-spacer"},this.body),this.el=a("div",{class:"\
ame-table",role:"grid",tabindex:"0","data-testid":"pair-table","aria-label":"Table of the pairs: up and down go to the n\
ext and previous pair"},this.head,this.spacer),this.rows=new Map,this.asked=new Set,this.turn=-1,this.clicked={place:-1,
turn:-1},this.due=!1,this.el.addEventListener("scroll",()=>this.redraw()),this.el.addEventListener("keydown",e=>{let i={
ArrowDown:1,ArrowUp:-1}[e.key];i&&(e.preventDefault(),e.stopPropagation(),t.step(i))}),new ResizeObserver(()=>this.redraw()).
observe(this.el)}drawHead(){let{facts:t,shown:e}=this.owner.model;if(!t)return;let i=t.columns.map(s=>s.name==="caption"?
`minmax(${lt(s)}px, 3fr)`:`${lt(s)}px`);this.el.style.setProperty("--ame-columns",`64px ${i.join(" ")}`),this.el.style.setProperty(
"--ame-width",`${64+t.columns.reduce((s,n)=>s+lt(n),0)}px`),this.el.setAttribute("aria-colcount",String(t.columns.length+
1)),this.head.replaceChildren(a("div",{role:"columnheader",class:"ame-number"},"pair"),...t.columns.map(({name:s,title:n,
kind:r})=>{let l=e?.sort===s;return a("div",{role:"columnheader","aria-sort":l?e.descending?"descending":"ascending":"no\
ne",class:r==="number"&&"ame-number"},a("button",{type:"button",title:`Sort by ${n}`,"data-sort":s,onclick:()=>this.owner.
send({type:"sort",column:s,descending:l?!e.descending:r==="number"})},n,l?e.descending?" ↓":" ↑":""),a("button",{type:"\
button",class:"ame-filter-button",title:`Filter by ${n}`,"aria-label":`Filter by ${n}`,"data-filter":s,onclick:c=>this.owner.
filters.open(s,c.currentTarget)},"⚲"))}))}renew(t=[]){this.rows.clear(),this.asked.clear(),this.turn=this.owner.model.
shown?.turn??-1;let e=this.owner.model.shown?.count??0;t.forEach((i,s)=>this.rows.set(s,i)),t.length>=Math.min(Y,e)&&this.
asked.add(0),this.el.setAttribute("aria-rowcount",String(e+1)),this.spacer.style.height=`${Math.min(rt,e*A)}px`,this.drawHead(),
this.redraw()}redraw(){this.due||(this.due=!0,requestAnimationFrame(()=>{this.due=!1,this.draw()}))}get high(){return this.
el.clientHeight||ee}top(){let t=this.owner.model.shown?.count??0,e=this.high-A,i=Math.min(rt,t*A)-e,s=i>0?Math.min(1,this.
el.scrollTop/i):0;return Math.max(0,s*(t-e/A))}draw(){let{shown:t,selected:e,active:i}=this.owner.model;if(!t)return;let s=this.
top(),n=Math.floor(s),r=Math.ceil(this.high/A)+1;this.body.style.transform=`translateY(${this.el.scrollTop-(s-n)*A}px)`;
let l=[];for(let c=n;c<Math.min(t.count,n+r);c++){let h=this.rows.get(c);h||this.ask(c);let m=h?e.has(h.row):!1,f=a("div",
{role:"row",class:`ame-table-row${m?" ame-chosen":""}${h&&h.row===i?" ame-active":""}`,"aria-selected":String(m),"aria-r\
owindex":c+2,"data-row":h?.row},...(h?.cells??["…"]).map((d,p)=>a("div",{role:"gridcell",class:this.kind(p),title:p&&d.
length>20?d:null},d)));h&&f.addEventListener("click",d=>this.click(c,h.row,d)),f.addEventListener("mousedown",d=>d.shiftKey&&
d.preventDefault()),l.push(f)}this.body.replaceChildren(...l),this.el.dataset.drawn=String(l.filter(c=>c.dataset.row!==void 0).
length),this.el.dataset.turn=String(this.turn)}click(t,e,i){let s=this.clicked.turn===this.turn?this.clicked.place:-1;if(i.
shiftKey||(this.clicked={place:t,turn:this.turn}),!i.shiftKey||s<0)return this.owner.pick([e],i.ctrlKey||i.metaKey||i.shiftKey);
let n=[...this.rows].filter(([r])=>r>=Math.min(s,t)&&r<=Math.max(s,t)).sort(([r],[l])=>r-l);this.owner.pick(n.map(([,r])=>r.
row),i.ctrlKey||i.metaKey)}kind(t){let e=t?this.owner.model.facts?.columns[t-1]:null;return!e||e.kind==="number"?"ame-nu\
mber":e.name==="caption"?"ame-caption":""}ask(t){let e=Math.floor(t/Y);this.asked.has(e)||(this.asked.add(e),this.owner.
send({type:"rows",turn:this.turn,start:e*Y,count:Y}))}take({turn:t,start:e,rows:i}){t===this.turn&&(this.rows.size>se&&(this.
rows.clear(),this.asked.clear()),i.forEach((s,n)=>this.rows.set(e+n,s)),this.redraw())}reveal(t){let e=this.owner.model.
shown?.count??0,i=(this.high-2*A)/A,s=this.top();if(t<0||t>=s&&t<s+i-.5)return;let n=Math.min(rt,e*A)-(this.high-A),r=t<
s?t:t-i+1;this.el.scrollTop=r/Math.max(1,e-i-1)*n,this.redraw()}};function Nt(o,t,e,i){let s=t===e?`${e.toLocaleString("\
en")} pairs`:`${t.toLocaleString("en")} of ${e.toLocaleString("en")} pairs`;M(o,i?`${s}, ${i.toLocaleString("en")} selec\
ted`:s)}var ie=new Set(["facts","places","colors","shown"]),ht=class{constructor(t){this.client=t,this.model={facts:null,places:null,
colors:null,codes:null,shown:null,mask:null,hidden:!0,selected:new Set,active:null,regions:[],face:null,grid:null},this.
flagged=null,this.picked=-1/0,this.heard=-1/0,this.words=new Map,this.frame={view:null,picture:""},this.hovered=null,this.
map=new O(this),this.second=new O(this,!0),this.filters=new W(this),this.table=new V(this),this.panel=new B(this),this.pictures=
a("select",{"aria-label":"map","data-testid":"picture",onchange:()=>this.send({type:"picture",picture:this.pictures.value})}),
this.models=a("select",{"aria-label":"model","data-testid":"model",onchange:()=>this.send({type:"model",model:this.models.
value})}),this.modelLabel=a("label",{hidden:!0},"model",this.models),this.color=a("select",{"aria-label":"colour","data-\
testid":"color",onchange:()=>this.send({type:"color",column:this.color.value})}),this.search=a("input",{type:"search",placeholder:"\
words in captions","aria-label":"search","data-testid":"search"}),this.search.addEventListener("keydown",e=>{e.stopPropagation(),
e.key==="Enter"&&this.find(!1)}),this.search.addEventListener("input",()=>this.search.value||this.send({type:"search",text:""})),
this.meaning=a("button",{type:"button",class:"ame-button",hidden:!0,onclick:()=>this.find(!0)},"by meaning"),this.concept=
a("button",{type:"button",class:"ame-button",hidden:!0,title:"A direction between two texts, with “ vs ” between them, a\
s an axis of the map",onclick:()=>this.askConcept()},"as concept"),this.tool=a("button",{type:"button",class:"ame-button",
"aria-pressed":"false",title:"Drag to move the map in place of drawing a lasso",onclick:()=>this.turnTool()},"move"),this.
image=a("button",{type:"button",class:"ame-button",title:"Save the map as an image","data-testid":"png",onclick:()=>this.
save()},"PNG"),this.only=a("button",{type:"button",class:"ame-button",title:"Show only the selected pairs","data-testid":"\
only",onclick:()=>this.send({type:"only"})},"only selected"),this.files=[["csv","Write the selected pairs with all colum\
ns to a CSV file beside the notebook"],["test","Write a pytest file that checks the ranks of the selected pairs, for the\
 next model"]].map(([e,i])=>a("button",{type:"button",class:"ame-button",title:i,"data-testid":`as-${e}`,onclick:()=>this.
send({type:"hand_on",as:e})},e==="csv"?"CSV":"test")),this.name_regions=a("button",{type:"button",class:"ame-button",title:"\
Find clusters in the full space and name them by their words","data-testid":"regions",onclick:()=>this.send({type:"regio\
ns"})},"name regions"),this.legend=a("div",{class:"ame-legend","data-testid":"legend"}),this.count=a("span",{class:"ame-\
count",role:"status","data-testid":"count"}),this.told=a("p",{class:"ame-told",role:"status","data-testid":"told",hidden:!0}),
this.caption=a("p",{class:"ame-muted ame-caption-line"}),this.cross=a("div",{class:"ame-cross","data-testid":"cross",hidden:!0}),
this.below=a("button",{type:"button",class:"ame-button ame-at-end",title:"Save what is below as an image","data-testid":"\
png-below",onclick:()=>this.sheets.open?this.saveView(this.sheets.sheet,this.sheets.open):this.saveView(this.table.el,"t\
able",this.table.el.offsetHeight)},"PNG"),this.sheets=new q(this,this.table.el,this.cross),this.root=a("div",{class:"ame\
-explorer","data-testid":"explorer"},a("div",{class:"ame-row ame-bar"},this.modelLabel,a("label",{},"map",this.pictures),
a("label",{},"colour",this.color),this.tool,a("button",{type:"button",class:"ame-button",title:"Show the whole map (0)",
onclick:()=>[this.map,this.second].forEach(e=>e.whole())},"whole"),this.image,this.name_regions,a("div",{class:"ame-sear\
ch"},this.search,a("button",{type:"button",class:"ame-button",onclick:()=>this.find(!1)},"search"),this.meaning,this.concept)),
this.told,a("div",{class:"ame-upper"},a("div",{class:"ame-left"},this.legend,a("div",{class:"ame-stages"},this.map.el,this.
second.el),this.caption),this.panel.el),a("div",{class:"ame-row ame-over-table"},this.sheets.tabs,this.count,a("div",{class:"\
ame-row"},this.only,...this.files),this.filters.chips,this.below),this.table.el,this.sheets.sheet,this.filters.window),this.
themes=new MutationObserver(()=>this.theme()),this.themes.observe(document.body,{attributes:!0,attributeFilter:["data-jp\
-theme-light","class"]}),this.theme()}theme(){this.root.dataset.dark=String(I()),this.redrawMaps(),this.table.redraw(),this.
model.colors&&this.drawLegend()}redrawMaps(){this.map.redraw(),this.second.redraw()}overlays(){this.map.overlay(),this.second.
el.hidden||this.second.overlay()}send(t){this.client.send(t)}save(){let{facts:t,colors:e}=this.model,i=e&&e.scale?`${e.title}\
: ${e.low} to ${e.high}`:"",s=e&&!e.scale?e.names.map((l,c)=>({name:l,color:e.colors[c]})):[],n=[this.map,this.second].filter(
({el:l})=>!l.hidden),r=Ot(n.map(({canvas:l,over:c,name:h})=>({layers:[l,c],name:n.length>1?h.textContent??"":""})),{title:i,
keys:s,ink:this.map.ink});at(r,t?.name??"map")}async saveView(t,e,i){at(await Ct(t,this.map.ink.paper,i),`${this.model.facts?.
name??"pairs"}-${e}`)}find(t){this.search.value.trim()&&this.send({type:"search",text:this.search.value,meaning:t})}askConcept(){
this.search.value.trim()&&this.send({type:"concept",text:this.search.value})}turnTool(){this.map.moving=this.second.moving=
!this.map.moving,this.tool.setAttribute("aria-pressed",String(this.map.moving))}flags(){let{selected:t,facts:e}=this.model;
if(this.flagged?.of!==t){let i=new Uint8Array(e?.pairs??0);for(let s of t)i[s]=1;this.flagged={of:t,made:i}}return this.
flagged.made}pick(t,e){let{selected:i}=this.model,s=new Set(t);if(e){s=new Set(i);for(let n of t)(!s.delete(n)||t.length>
1)&&s.add(n)}this.flagged=null,this.picked=v(),this.light(s),this.send({type:"select",rows:[...s],pick:this.picked})}look(t){
this.send({type:"look",row:t})}step(t){this.send({type:"step",by:t})}light(t){this.model.selected=t,this.root.dataset.selected=
String(t.size),this.redrawMaps(),this.table.redraw(),this.drawCount()}wordsOf(t){return this.words.get(t)??null}need(t){
this.words.has(t)||this.send({type:"words",row:t})}drawCount(){let{facts:t,shown:e,selected:i}=this.model;if(t){Nt(this.
count,e?.count??t.pairs,t.pairs,i.size);for(let s of[this.only,...this.files])S(s,i.size>0)}}drawLegend(){let{colors:t}=this.
model;if(!t)return;let e=t.scale?[a("span",{},t.low),a("span",{class:"ame-ramp",style:`background: linear-gradient(90deg\
, ${t.colors.slice(0,-1).join(", ")})`}),a("span",{},t.high),t.unknown?a("span",{class:"ame-muted"},`unknown: ${t.unknown.
toLocaleString("en")}`):null]:t.names.map((i,s)=>a("button",{type:"button",class:"ame-key",title:t.column==="modality"?null:
`Show only ${i}`,onclick:()=>this.send({type:"legend",code:s})},a("span",{class:`ame-swatch${t.column==="modality"&&s?" \
ame-diamond":""}`,style:`background: ${t.colors[s]}`}),a("span",{class:"ame-key-name"},i),t.column==="modality"?null:a("\
b",{},t.counts[s].toLocaleString("en"))));this.legend.replaceChildren(a("span",{class:"ame-muted"},t.column==="modality"?
"":t.title),...e.filter(i=>i!==null))}drawFacts(){let{facts:t,colors:e}=this.model;if(!t)return;let i=["modality",...t.columns.
filter(({colorable:n})=>n).map(({name:n})=>n)],s=n=>t.columns.find(r=>r.name===n)?.title??"image or text";this.color.replaceChildren(
...i.map(n=>a("option",{value:n},s(n)))),e&&(this.color.value=e.column);for(let n of[this.meaning,this.concept])S(n,t.meaning);
this.table.renew()}retained(t,e){let{model:i}=this;if(t==="facts")i.facts=e,this.drawFacts();else if(t==="places"){i.places=
e,this.pictures.replaceChildren(...e.pictures.map(s=>a("option",{value:s.name},s.label))),this.pictures.value=e.picture,
this.models.replaceChildren(...e.models.length>1?[a("option",{value:""},"side by side")]:[],...e.models.map(s=>a("option",
{value:s},s))),this.models.value=e.model,S(this.second.el,!!e.beside),M(this.map.name,e.models[0]??""),M(this.second.name,
e.beside?.model??"");for(let s of[this.map,this.second])S(s.name,!!e.beside);S(this.modelLabel,e.models.length>1),M(this.
caption,e.words)}else if(t==="colors")[i.colors,i.codes]=[e,e.column==="modality"?null:e.codes],this.color.value=e.column,
this.drawLegend();else if(t==="shown")[i.shown,i.mask]=[e,e.count===i.facts?.pairs?null:e.mask],this.filters.draw(),this.
table.renew(e.rows),this.drawCount();else if(t==="selection"){if(e.page===this.client.page?e.pick<this.picked:this.heard<
this.picked)return;this.heard=e.page===this.client.page?e.pick:this.heard;let s=new Set(e.rows);(s.size!==i.selected.size||
[...s].some(n=>!i.selected.has(n)))&&this.light(s)}else t==="face"?(i.face=e.face,i.grid=e.grid,i.active=e.face?.row??null,
this.panel.draw(),this.table.redraw(),e.face&&this.table.reveal(e.face.place),this.overlays()):t==="regions"?(i.regions=
e.regions,this.overlays()):t==="told"?(M(this.told,e.text),S(this.told,!!e.text),this.told.classList.toggle("ame-bad",e.
bad)):t==="sheets"?this.sheets.draw(e):t==="cross"&&this.drawCross(e);ie.has(t)&&this.redrawMaps(),this.root.dataset.drawn=
"true"}drawCross({title:t,names:e,counts:i,words:s}){S(this.cross,e.length>0);let n=e.length,r=Math.max(1,...i),l=(c,h)=>{
let m=i[c*n+h],f=Math.sqrt(m/r);return a("td",{},m?a("button",{type:"button",class:c===h?"ame-right":"ame-wrong",style:`\
--ame-share: ${f.toFixed(3)}`,title:`${m} of ${e[c]} taken for ${e[h]}: show these`,onclick:()=>this.send({type:"cell",of:c,
as:h})},m.toLocaleString("en")):"")};this.cross.replaceChildren(a("h5",{},t),a("div",{class:"ame-scroll"},a("table",{},a(
"thead",{},a("tr",{},a("td",{}),a("th",{colspan:n,class:"ame-over-classes"},"predicted class"),a("td",{})),a("tr",{},a("\
th",{},"true class"),...e.map(c=>a("th",{},a("span",{},c))),a("th",{},"accuracy [95% interval]"))),a("tbody",{},...e.map(
(c,h)=>a("tr",{},a("th",{scope:"row"},c),...e.map((m,f)=>l(h,f)),a("td",{class:"ame-words"},s[h])))))))}message(t){t.type===
"rows"?this.table.take(t):t.type==="words"&&(this.words.size>5e3&&this.words.clear(),this.words.set(t.row,t.words),this.
hovered===t.row&&this.overlays())}close(){this.themes.disconnect()}};function ne(o,t){let e=new ht(o);return t.append(e.
root),{el:e.root,draw(){},retained:(i,s)=>e.retained(i,s),message:i=>e.message(i),silent(i,s){s&&e.retained("told",{text:"\
Python has stopped: run the cell again.",bad:!0})},close:()=>e.close()}}var We=wt(ne);export{ht as Explorer,We as default};
